import Market

/// Something that still reads data of a table from a time on, so that no chunk from there on may go.
package struct Need: Hashable, Sendable {
    package var table: String
    package var range: Range<Instant>
    /// What needs it, as a person is told.
    package var reason: String

    package init(table: String, range: Range<Instant>, reason: String) {
        self.table = table
        self.range = range
        self.reason = reason
    }
}
