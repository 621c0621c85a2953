import Market

extension RateBudget {
    /// The entry that is free first, and when; at once when it is free already.
    func earliest(_ rule: RateRule, _ offset: Int, _ time: Int64) -> (entry: Int, free: Int64) {
        let fresh = time + rule.periodMicroseconds + Self.marginMicroseconds
        let last = time + rule.periodMicroseconds + Self.arrivalMaxMicroseconds
        var best = (entry: offset, free: Int64.max)
        for entry in offset..<(offset + rule.callsMax) {
            var free = entries[entry]
            if free <= time { return (entry, time) }
            // Further ahead than any call can reach: the clock was set back.
            if free > last { free = fresh }
            if free < best.free { best = (entry, free) }
        }
        return best
    }

    func isOurs(_ entry: Int, _ permit: RatePermit, _ rule: RateRule) -> Bool {
        permit.tableFingerprint == table.fingerprint
            && entries[entry] == permit.markMicroseconds + rule.periodMicroseconds
                + Self.arrivalMaxMicroseconds
    }

    mutating func release(_ permit: RatePermit, arrivedBy arrival: Int64, margin: Int64) {
        for (rule, entry) in zip(table[permit.group], permit.entries) where isOurs(entry, permit, rule) {
            entries[entry] = arrival + rule.periodMicroseconds + margin
        }
    }

    /// Microseconds since an instant that may be any number: "never" is long ago.
    static func elapsed(since instant: Int64, _ time: Int64) -> Int64 {
        Instant(microseconds: time).microseconds(since: Instant(microseconds: instant))
    }

    /// The call arrived before its answer left, and the answer took half the shortest round trip at least.
    func latestArrival(_ permit: RatePermit, _ time: Int64) -> Int64 {
        let known = roundTrip.answers >= Self.roundTripAnswersMin ? roundTrip.shortest : .max
        let shortest = min(known, roundTrip.shortestBefore)
        guard shortest < Self.arrivalMaxMicroseconds else { return time }
        return max(permit.grantedAtMicroseconds, time - shortest / 2)
    }

    mutating func noteRoundTrip(_ microseconds: Int64, _ time: Int64) {
        guard microseconds >= 0 else { return }
        let age = Self.elapsed(since: roundTrip.since, time)
        if age > Self.roundTripSpanMicroseconds || age < 0 {
            let isUseful =
                (0...2 * Self.roundTripSpanMicroseconds).contains(age)
                && roundTrip.answers >= Self.roundTripAnswersMin
            roundTrip = RoundTripState(since: time, shortestBefore: isUseful ? roundTrip.shortest : .max)
        }
        roundTrip.shortest = min(roundTrip.shortest, microseconds)
        roundTrip.answers = min(roundTrip.answers + 1, Self.roundTripAnswersMin)
    }

    /// The exchange's own count is the truth: calls from our address that are not ours (another
    /// program, a lost record) occupy entries, too.
    mutating func noteForeignCalls(_ remaining: RemainingRequests, _ permit: RatePermit, _ time: Int64) {
        // A header of another group than we take the call for tells nothing about this one.
        guard (remaining.group ?? permit.group) == permit.group, let rule = table[permit.group].first,
            let offset = offsets[Int(permit.group.rawValue)].first
        else { return }
        let counted = rule.callsMax - remaining.secondsLeft
        // As it was when the call left: what was freed since may be in the exchange's count.
        let before = permit.grantedAtMicroseconds
        var occupied = 0
        for entry in offset..<(offset + rule.callsMax) where entries[entry] > before { occupied += 1 }
        var foreign = counted - occupied
        for entry in offset..<(offset + rule.callsMax) where foreign > 0 && entries[entry] <= time {
            entries[entry] = time + rule.periodMicroseconds + Self.marginMicroseconds
            foreign -= 1
        }
    }

    /// The end of a stop; one that lies too far ahead (the clock was set back) counts from now.
    func stopEnd(_ stop: StopState, _ time: Int64, _ most: Int64) -> Int64 {
        min(stop.until, time + most)
    }

    static func extend(
        _ stop: inout StopState, _ time: Int64, told seconds: Int64?, first: Int64, most: Int64,
        forgetAfter: Int64
    ) {
        if elapsed(since: stop.until, time) > forgetAfter { stop.strikes = 0 }
        let doubled = first << min(stop.strikes, 16)
        let told = min(max(seconds ?? 0, 0), most / 1_000_000) * 1_000_000
        // What the exchange tells is believed, if it is not less than a first stop.
        let length = min(seconds == nil ? doubled : max(told, first), most)
        stop.until = max(min(stop.until, time + most), time + length + Self.marginMicroseconds)
        // Calls that were under way together count as one.
        if elapsed(since: stop.lastAt, time) > first { stop.strikes = min(stop.strikes + 1, 16) }
        stop.lastAt = time
    }
}
