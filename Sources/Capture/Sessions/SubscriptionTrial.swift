import Market
import Upbit

/// Finds out which part of a refused request the exchange does not like, so that the rest goes on.
///
/// A refusal does not say what is wrong, and the connection stays silent after it. So the set is taken
/// apart: first by channel, then three single markets of each channel (if all are refused, the channel is),
/// then halves, the largest first. Each request carries what was accepted before as well, since a request
/// replaces the one before it. Pure.
package struct SubscriptionTrial: Sendable, Equatable {
    package enum Finding: Sendable, Equatable {
        /// Nothing yet: send the next request.
        case goesOn
        case refused(SessionItem)
        /// The whole channel, with the markets that were asked for.
        case refusedChannel(Channel, [SessionItem])
    }

    /// So many single markets of a channel stand for all of them.
    package static let samplesMax = 3

    private(set) package var accepted: [SessionItem] = []
    /// What the last request had beyond the accepted.
    private(set) package var trying: [SessionItem]
    private var groups: [[SessionItem]] = []
    private var refusedCounts: [Channel: Int] = [:]
    private(set) package var refused: Set<SessionItem> = []

    /// Of `items`, those in `known` have been refused before and are left out.
    package init(_ items: [SessionItem], without known: Set<SessionItem> = []) {
        trying = items.filter { !known.contains($0) }.sorted()
        refused = known
    }

    /// What the next request asks for.
    package var request: [SessionItem] { accepted + trying }

    /// Everything has been accepted or refused.
    package var isOver: Bool { trying.isEmpty && groups.isEmpty }

    /// The last request was not refused. True when there is another one to send.
    package mutating func confirmed() -> Bool {
        accepted += trying
        trying = groups.popLast() ?? []
        return !trying.isEmpty
    }

    /// The last request was refused.
    package mutating func refusedLast() -> Finding {
        if trying.isEmpty {
            // What was accepted is not any more: begin anew with it.
            trying = accepted
            accepted = []
        }
        let group = trying
        var finding = Finding.goesOn
        if group.count > 1 { split(group) } else if let item = group.first { finding = refuse(item) }
        trying = groups.popLast() ?? []
        return finding
    }

    private mutating func split(_ group: [SessionItem]) {
        let channels = Dictionary(grouping: group, by: \.channel)
        if channels.count > 1 {
            add(channels.values.map { $0 })
        } else if group.count > Self.samplesMax, !isKnownGood(group[0].channel) {
            let samples = [0, group.count / 2, group.count - 1]
            add([group.indices.filter { !samples.contains($0) }.map { group[$0] }])
            groups += samples.map { [group[$0]] }
        } else {
            add([Array(group[..<(group.count / 2)]), Array(group[(group.count / 2)...])])
        }
    }

    private mutating func refuse(_ item: SessionItem) -> Finding {
        refused.insert(item)
        refusedCounts[item.channel, default: 0] += 1
        guard refusedCounts[item.channel] == Self.samplesMax, !isKnownGood(item.channel) else {
            return .refused(item)
        }
        let rest = groups.joined().filter { $0.channel == item.channel }
        groups = groups.map { $0.filter { $0.channel != item.channel } }.filter { !$0.isEmpty }
        refused.formUnion(rest)
        return .refusedChannel(item.channel, refused.filter { $0.channel == item.channel }.sorted())
    }

    private func isKnownGood(_ channel: Channel) -> Bool { accepted.contains { $0.channel == channel } }

    /// The largest is tried first; single samples, which are put behind, before it.
    private mutating func add(_ more: [[SessionItem]]) {
        groups += more.map { $0.sorted() }
        groups.sort { ($0.count, $1[0]) < ($1.count, $0[0]) }
    }
}
