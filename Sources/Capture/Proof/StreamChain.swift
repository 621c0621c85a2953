import Market
import Storage

/// The tickers of one market since the last one up to which everything is proven.
struct StreamChain: Sendable {
    enum Phase: Hashable, Sendable {
        case collecting
        /// The window ends at this mark; compared when the time has come.
        case settling(end: Int, dueMilliseconds: Int64)
        case asked(end: Int)
    }

    /// Tickers that seem to come from the past before the exchange's sums are taken for corrected.
    static let regressionsMax = 64

    private(set) var first: StreamMark
    /// Of the monotonic clock.
    private(set) var firstAt: Int64
    private(set) var marks: [StreamMark] = []
    var phase = Phase.collecting
    /// How often the present window was found different.
    var looks = 0
    /// The market is gone: the last window ends with the last ticker, however short it is.
    var isEnding = false
    private var regressions = 0
    /// The end of a window that differs and is taken apart, from its beginning on.
    private var apartEnd: Int?
    /// One of so many marks is kept, besides the newest: as far apart as those that were thinned.
    private var stride = 1
    /// Marks that came since the last but one that is kept.
    private var passed = 0

    init(_ first: StreamMark, at milliseconds: Int64) {
        self.first = first
        firstAt = milliseconds
    }

    /// Takes a newer mark; ignores one that was seen.
    mutating func add(_ mark: StreamMark, at milliseconds: Int64, marksMax: Int) {
        let last = marks.last ?? first
        guard mark.day == first.day else {
            // A new day: the sums start anew. An older one is late.
            if mark.day > first.day { self = StreamChain(mark, at: milliseconds) }
            return
        }
        guard mark.time >= last.time, mark.sums.volume > last.sums.volume else {
            guard mark.sums.volume != last.sums.volume else { return }
            regressions += 1
            if regressions >= Self.regressionsMax { self = StreamChain(mark, at: milliseconds) }
            return
        }
        regressions = 0
        passed += 1
        if passed < stride, let newest = marks.indices.last, newest != windowEnd, newest != apartEnd {
            marks[newest] = mark
            return
        }
        passed = 0
        if marks.count >= marksMax { thin() }
        marks.append(mark)
    }

    /// Of the window that is waited or asked for.
    private var windowEnd: Int? {
        switch phase {
        case .settling(let end, _), .asked(let end): end
        case .collecting: nil
        }
    }

    /// Leaves away every second mark, but not the window's end: places are found less exactly then.
    private mutating func thin() {
        stride *= 2
        var end = windowEnd
        var kept: [StreamMark] = []
        let (oldEnd, oldApart) = (end, apartEnd)
        for (index, mark) in marks.enumerated() where index % 2 == 1 || index == oldEnd || index == oldApart {
            if index == oldEnd { end = kept.count }
            if index == oldApart { apartEnd = kept.count }
            kept.append(mark)
        }
        marks = kept
        switch phase {
        case .settling(_, let due):
            phase = end.map { .settling(end: $0, dueMilliseconds: due) } ?? .collecting
        case .asked: phase = end.map { .asked(end: $0) } ?? .collecting
        case .collecting: break
        }
    }

    /// Asks for the first half of a window that is longer than this, at once, for all of it has settled. False when
    /// it is not, or has no middle.
    mutating func halve(until end: Int, longerThan milliseconds: Int64) -> Bool {
        guard marks.indices.contains(end) else { return false }
        let span = marks[end].time.microseconds(since: first.time)
        let half = first.time.adding(microseconds: span / 2)
        guard span > milliseconds * 1_000, let middle = marks[..<end].firstIndex(where: { $0.time >= half }),
            marks[middle].time < marks[end].time
        else { return false }
        apartEnd = apartEnd ?? end
        phase = .settling(end: middle, dueMilliseconds: .min)
        return true
    }

    /// Goes on behind a window; with the rest of one that is taken apart at once.
    mutating func advance(past end: Int, at milliseconds: Int64) {
        guard marks.indices.contains(end) else { return }
        first = marks[end]
        firstAt = milliseconds
        marks.removeFirst(end + 1)
        (stride, passed) = (1, 0)
        apartEnd = apartEnd.flatMap { $0 > end ? $0 - end - 1 : nil }
        if let apartEnd {
            phase = .settling(end: apartEnd, dueMilliseconds: .min)
        } else {
            phase = .collecting
            looks = 0
        }
    }
}
