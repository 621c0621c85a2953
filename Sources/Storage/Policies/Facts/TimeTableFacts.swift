import Market

/// A time table as it is.
package struct TimeTableFacts: Hashable, Sendable {
    /// What new chunks cover, as `ops.time_tables` tells the writer.
    package var chunk: TimeSpan
    /// What new chunks of the hypertable cover; nil on `native`.
    package var hypertableChunk: TimeSpan?
    package var columns: [String]
    /// The columns of the primary key.
    package var keyColumns: [String]
    package var isColumnstoreEnabled: Bool
    package var segmentBy: [String]
    package var orderBy: [TimeTablePolicy.OrderColumn]
    package var compression: JobFacts?
    package var retention: JobFacts?
    package var hasDefaultPartition: Bool
    /// By time.
    package var chunks: [ChunkFacts]

    package init(
        chunk: TimeSpan, hypertableChunk: TimeSpan? = nil,
        columns: [String] = [],
        keyColumns: [String] = [], isColumnstoreEnabled: Bool = false, segmentBy: [String] = [],
        orderBy: [TimeTablePolicy.OrderColumn] = [], compression: JobFacts? = nil,
        retention: JobFacts? = nil, hasDefaultPartition: Bool = false, chunks: [ChunkFacts] = []
    ) {
        self.chunk = chunk
        self.hypertableChunk = hypertableChunk
        self.columns = columns
        self.keyColumns = keyColumns
        self.isColumnstoreEnabled = isColumnstoreEnabled
        self.segmentBy = segmentBy
        self.orderBy = orderBy
        self.compression = compression
        self.retention = retention
        self.hasDefaultPartition = hasDefaultPartition
        self.chunks = chunks
    }
}
