/// What is to become of a time table's chunks (on `native`: partitions) as they grow old.
package struct TimeTablePolicy: Hashable, Sendable {
    package struct OrderColumn: Hashable, Sendable, CustomStringConvertible {
        package var name: String
        package var isDescending: Bool

        package init(_ name: String, isDescending: Bool = false) {
            self.name = name
            self.isDescending = isDescending
        }

        package var description: String { isDescending ? "\(name) desc" : name }
    }

    /// In schema `market`.
    package var table: String
    /// How much time a new chunk covers.
    package var chunk: TimeSpan
    /// When a chunk goes to the columnstore; nil: never. `native` has none.
    package var compressAfter: TimeSpan?
    /// When a chunk is dropped; nil: never.
    package var dropAfter: TimeSpan?
    /// Whether a chunk is written to an archive file, verified, before it is dropped.
    package var isArchived: Bool
    /// The columnstore keeps the rows of each value of these columns together.
    package var segmentBy: [String]
    /// And orders them by these.
    package var orderBy: [OrderColumn]
    /// When a partition on `native` gets an index on (symbol, time); nil: its key serves.
    package var indexAfter: TimeSpan?

    package init(
        table: String, chunk: TimeSpan, compressAfter: TimeSpan? = nil, dropAfter: TimeSpan? = nil,
        isArchived: Bool = false, segmentBy: [String] = [], orderBy: [OrderColumn] = [],
        indexAfter: TimeSpan? = nil
    ) {
        self.table = table
        self.chunk = chunk
        self.compressAfter = compressAfter
        self.dropAfter = dropAfter
        self.isArchived = isArchived
        self.segmentBy = segmentBy
        self.orderBy = orderBy
        self.indexAfter = indexAfter
    }
}
