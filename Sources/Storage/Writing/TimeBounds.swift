import Market

/// The times that a table takes now: a wrong clock or a damaged message must not make partitions for 1970
/// or 2099, nor fail the rows beside it.
package struct TimeBounds: Sendable, Equatable {
    /// No exchange of ours is older.
    package static let earliest = Instant(microseconds: 1_262_304_000_000_000)
    package static let aheadMaxSeconds: Int64 = 300

    /// The half-open range of times that are taken.
    package let accepted: Range<Instant>

    package init(_ settings: TimeTableSettings, now: Instant) {
        let end = max(now.adding(seconds: Self.aheadMaxSeconds), Self.earliest)
        let past = settings.acceptPastMicroseconds.map { now.adding(microseconds: -$0) } ?? Self.earliest
        accepted = min(max(past, Self.earliest), end)..<end
    }

    /// Nil when the time is taken.
    package func fault(of time: Instant) -> TimeFault? {
        // Plain integers: every row passes here twice.
        if time.microseconds >= accepted.upperBound.microseconds { return .tooFarAhead }
        return time.microseconds < accepted.lowerBound.microseconds ? .tooOld : nil
    }
}

/// Why a row's time is not taken.
package enum TimeFault: String, Sendable {
    /// Five minutes or more in the future.
    case tooFarAhead
    /// Before the table's horizon.
    case tooOld
}

/// A row that a writer did not take, for quarantine.
package struct RejectedRow<Row: StoredRow>: Sendable {
    package var row: Row
    package var fault: TimeFault

    package init(row: Row, fault: TimeFault) {
        self.row = row
        self.fault = fault
    }

    package var error: StorageError {
        StorageError(
            .rejectedTime,
            fault == .tooOld
                ? "the time \(row.time) is before the horizon of \(row.table.name)"
                : "the time \(row.time) is \(TimeBounds.aheadMaxSeconds / 60) minutes or more in the future",
            place: row.table.qualifiedName,
            remedy: fault == .tooOld
                ? "Older data needs a longer horizon in the retention profile"
                : "Check the clocks: the exchange's messages must not come from the future")
    }
}
