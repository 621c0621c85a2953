/// One difference between what a profile wants and what the database has.
package enum PolicyChange: Hashable, Sendable {
    case setChunk(table: String, from: TimeSpan, to: TimeSpan)
    case setColumnstore(table: String, segmentBy: [String], orderBy: [TimeTablePolicy.OrderColumn])
    case addCompression(table: String, after: TimeSpan)
    case changeCompression(table: String, from: TimeSpan, to: TimeSpan)
    case removeCompression(table: String, was: TimeSpan)
    case addRetention(table: String, after: TimeSpan)
    case changeRetention(table: String, from: TimeSpan, to: TimeSpan)
    case removeRetention(table: String, was: TimeSpan)

    package var table: String {
        switch self {
        case .setChunk(let table, _, _), .setColumnstore(let table, _, _),
            .addCompression(let table, _), .changeCompression(let table, _, _),
            .removeCompression(let table, _), .addRetention(let table, _),
            .changeRetention(let table, _, _), .removeRetention(let table, _):
            table
        }
    }
}

extension PolicyChange: CustomStringConvertible {
    /// As `policies plan` prints it.
    package var description: String {
        switch self {
        case .setChunk(_, let from, let to):
            "new chunks cover \(to) instead of \(from)"
        case .setColumnstore(_, let segmentBy, let orderBy):
            "columnstore segmented by \(segmentBy.joined(separator: ", ")), ordered by "
                + orderBy.map(\.description).joined(separator: ", ")
        case .addCompression(_, let after): "chunks are compressed after \(after)"
        case .changeCompression(_, let from, let to): "chunks are compressed after \(to) instead of \(from)"
        case .removeCompression(_, let was): "chunks are no longer compressed (now after \(was))"
        case .addRetention(_, let after): "TimescaleDB drops chunks after \(after)"
        case .changeRetention(_, let from, let to): "TimescaleDB drops chunks after \(to) instead of \(from)"
        case .removeRetention(_, let was): "TimescaleDB no longer drops chunks by itself (now after \(was))"
        }
    }
}
