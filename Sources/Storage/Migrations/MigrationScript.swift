/// One half of a migration: what a file says, and what its directives ask for.
///
/// Directives are the first lines of the file, `-- word: value`; sql/README.md describes them.
package struct MigrationScript: Sendable, Equatable {
    /// The condition under which the migration is for a database.
    package enum Condition: String, Sendable, CaseIterable {
        case timescale
        case native
        case continuousAggregates = "continuous-aggregates"
        case noContinuousAggregates = "no-continuous-aggregates"
    }

    package let text: String
    /// SHA-256 of the text, in hexadecimal.
    package let checksum: String
    /// False when PostgreSQL allows its statement outside transactions only.
    package private(set) var isTransactional = true
    package private(set) var deletesData = false
    package private(set) var condition: Condition?
    /// A boolean expression that holds afterwards.
    package private(set) var verification: String?

    package init(_ text: String, file: String) throws(StorageError) {
        self.text = text
        checksum = SHA256.hexadecimal(Array(text.utf8))
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard let (word, value) = Self.directive(line) else { break }
            try take(word, value, file: file)
        }
    }

    /// `-- word: value` with a word of small letters and hyphens.
    private static func directive(_ line: Substring) -> (Substring, Substring)? {
        guard line.hasPrefix("-- "), let colon = line.firstIndex(of: ":") else { return nil }
        let word = line[line.index(line.startIndex, offsetBy: 3)..<colon]
        let isWord = !word.isEmpty && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
        return isWord ? (word, line[line.index(after: colon)...].drop { $0 == " " }) : nil
    }

    private mutating func take(_ word: Substring, _ value: Substring, file: String) throws(StorageError) {
        switch (word, value) {
        case ("transaction", "none"): isTransactional = false
        case ("deletes-data", "true"): deletesData = true
        case ("verify", _) where !value.isEmpty: verification = String(value)
        case ("when", _):
            guard let condition = Condition(rawValue: String(value)) else { fallthrough }
            self.condition = condition
        default:
            throw StorageError(
                .migrationFiles, "unknown directive `\(word): \(value)`", place: file,
                remedy: "sql/README.md lists the directives")
        }
    }
}
