/// A setting given on the command line.
package struct FlagAssignment: Sendable, Equatable {
    package let key: String
    package let value: String
    /// As typed: `--set`, `--data-folder`.
    package let flag: String

    package init(key: String, value: String, flag: String) {
        self.key = key
        self.value = value
        self.flag = flag
    }
}
