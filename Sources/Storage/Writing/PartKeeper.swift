import Database
import Market

/// Sees to it that the parts which rows need exist before they are written, and remembers which do.
package struct PartKeeper: Sendable {
    /// At the bound everything is forgotten and asked for anew.
    package static let rememberedMax = 4_096

    private struct Part: Hashable {
        var table: TimeTable
        var start: Instant
    }

    private var known: Set<Part> = []

    package init() {}

    /// After an error or an upkeep the memory may be wrong.
    package mutating func forget() { known = [] }

    /// The ranges to ask for so that all rows find their part, contiguous parts together. No connection.
    package mutating func missing(
        _ times: some Sequence<Instant>, in settings: TimeTableSettings
    ) -> [Range<Instant>] {
        var starts: Set<Instant> = []
        var last: Instant?
        for time in times {
            let start = settings.partStart(of: time)
            // Rows of one part come together.
            if start == last { continue }
            last = start
            if !known.contains(Part(table: settings.table, start: start)) { starts.insert(start) }
        }
        var ranges: [Range<Instant>] = []
        for start in starts.sorted() {
            // The time itself rather than the part's end, which may be years ahead.
            let end = start.adding(microseconds: settings.partMicroseconds)
            if let open = ranges.last, open.upperBound == start,
                open.upperBound.microseconds(since: open.lowerBound) < Self.partsPerCall
                    * settings.partMicroseconds
            {
                ranges[ranges.count - 1] = open.lowerBound..<end
            } else {
                ranges.append(start..<end)
            }
        }
        return ranges
    }

    /// What one call of ops.ensure_partitions may make, with room for parts of an older length.
    private static let partsPerCall: Int64 = 100

    /// Makes what is missing, each call in a transaction of its own. Not inside one of the caller's.
    package mutating func ensure(
        _ times: some Sequence<Instant>, in settings: TimeTableSettings, on connection: BlockingConnection
    ) throws(DatabaseError) {
        for range in missing(times, in: settings) {
            var retry = BoundedRetry(attemptsMax: 8, first: .milliseconds(50), longest: .seconds(1))
            while true {
                do throws(DatabaseError) {
                    // One microsecond before the end: the next part may lie beyond what is allowed.
                    try connection.query(
                        "SELECT ops.ensure_partitions($1, $2, $3)",
                        [
                            .text(settings.table.name),
                            .timestamp(microseconds: range.lowerBound.microseconds),
                            .timestamp(
                                microseconds: range.lowerBound.microseconds
                                    + max(
                                        1,
                                        range.upperBound.microseconds(since: range.lowerBound)
                                            - settings.partMicroseconds + 1)),
                        ])
                    break
                } catch {
                    guard error.sqlState == .lockNotAvailable, let pause = retry.next() else { throw error }
                    BoundedRetry.sleep(pause)
                }
            }
            var start = range.lowerBound
            while start < range.upperBound {
                if known.count >= Self.rememberedMax { known = [] }
                known.insert(Part(table: settings.table, start: start))
                start = start.adding(microseconds: settings.partMicroseconds)
            }
        }
    }
}
