import Market

/// A chunk of a hypertable, or a partition of a partitioned table, as the catalog knows it.
package struct ChunkFacts: Hashable, Sendable {
    /// The index on (symbol, time) that a cold partition gets.
    package enum SymbolIndex: Sendable {
        case none
        case valid
        /// What an interrupted CREATE INDEX CONCURRENTLY leaves behind.
        case invalid
    }

    package enum Attachment: Sendable {
        case attached
        /// A DETACH CONCURRENTLY was interrupted: queries see it no more, and it must be finished.
        case detachPending
        /// Detached on its way to be dropped.
        case detached
    }

    package var schema: String
    package var name: String
    /// The half-open range of times that it covers.
    package var range: Range<Instant>
    package var attachment: Attachment
    package var isCompressed: Bool
    package var symbolIndex: SymbolIndex

    package init(
        schema: String, name: String, range: Range<Instant>, attachment: Attachment = .attached,
        isCompressed: Bool = false, symbolIndex: SymbolIndex = .none
    ) {
        self.schema = schema
        self.name = name
        self.range = range
        self.attachment = attachment
        self.isCompressed = isCompressed
        self.symbolIndex = symbolIndex
    }
}
