/// Where a file is not what was written.
package struct DamagePlace: Sendable, Equatable {
    package var file: String
    /// The first byte that is not good, and the first good one behind.
    package var from: Int
    package var to: Int

    package init(file: String, from: Int, to: Int) {
        self.file = file
        self.from = from
        self.to = to
    }

    package var text: String { "\(file), bytes \(from) to \(to)" }
}
