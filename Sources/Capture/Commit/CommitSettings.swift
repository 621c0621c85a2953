import Database
import Market
import Storage

/// What a commit loop needs to know.
package struct CommitSettings: Sendable {
    /// Through a pooler, if there is one.
    package var options: ConnectionOptions
    /// What the database must be for.
    package var instance: Instance
    /// The schema's version that this program was made for.
    package var schemaVersion: Int
    /// Where the quarantine files are.
    package var quarantineFolder: String
    /// The markets that a gap concerns.
    package var symbols: @Sendable () -> [Symbol]
    /// How long after `stop` it may still commit.
    package var drainMilliseconds: Int64 = 6_000

    package init(
        options: ConnectionOptions, instance: Instance, schemaVersion: Int, quarantineFolder: String,
        symbols: @escaping @Sendable () -> [Symbol] = { [] }
    ) {
        self.options = options
        self.instance = instance
        self.schemaVersion = schemaVersion
        self.quarantineFolder = quarantineFolder
        self.symbols = symbols
    }
}
