/// An exchange's limits. A group without a rule of its own is not limited by the exchange.
package struct RateTable: Hashable, Sendable {
    /// Rules of one group that hold at the same time.
    package static let rulesMax = 2

    private let rules: [[RateRule]]

    /// Rules beyond `rulesMax` a group are left out.
    package init(_ rules: [RateGroup: [RateRule]]) {
        self.rules = RateGroup.allCases.map { Array((rules[$0] ?? []).prefix(Self.rulesMax)) }
    }

    package subscript(group: RateGroup) -> [RateRule] { rules[Int(group.rawValue)] }

    /// Upbit's limits as of autumn 2026.
    package static let upbit = RateTable([
        .market: [RateRule(.window, callsMax: 10)],
        .candles: [RateRule(.window, callsMax: 10)],
        .trades: [RateRule(.window, callsMax: 10)],
        .ticker: [RateRule(.window, callsMax: 10)],
        .orderbook: [RateRule(.window, callsMax: 10)],
        .exchangeDefault: [RateRule(.bucket, callsMax: 30)],
        .order: [RateRule(.bucket, callsMax: 12)],
        .orderTest: [RateRule(.bucket, callsMax: 8)],
        .orderCancelAll: [RateRule(.bucket, callsMax: 1, periodMilliseconds: 2_000)],
        .webSocketConnect: [RateRule(.window, callsMax: 5)],
        .webSocketMessage: [
            RateRule(.window, callsMax: 5), RateRule(.window, callsMax: 100, periodMilliseconds: 60_000),
        ],
    ])

    /// Bithumb's limits: 150 public and 140 private calls a second and category.
    package static let bithumb = RateTable([
        .market: [RateRule(.window, callsMax: 150)],
        .candles: [RateRule(.window, callsMax: 150)],
        .trades: [RateRule(.window, callsMax: 150)],
        .ticker: [RateRule(.window, callsMax: 150)],
        .orderbook: [RateRule(.window, callsMax: 150)],
        .exchangeDefault: [RateRule(.bucket, callsMax: 140)],
        .order: [RateRule(.bucket, callsMax: 140)],
        .orderTest: [RateRule(.bucket, callsMax: 140)],
        .orderCancelAll: [RateRule(.bucket, callsMax: 20)],
        .webSocketConnect: [RateRule(.window, callsMax: 10)],
        .webSocketMessage: [
            RateRule(.window, callsMax: 5), RateRule(.window, callsMax: 100, periodMilliseconds: 60_000),
        ],
    ])

    /// What each of several hosts may take when they share these limits and know nothing of each other:
    /// all of them together stay within the limits. A group that `canBeShared` denies has no share.
    package func share(ofHosts hosts: Int) -> RateTable {
        var shares: [RateGroup: [RateRule]] = [:]
        for group in RateGroup.allCases {
            shares[group] = self[group].map { rule in
                RateRule(
                    rule.kind, callsMax: rule.callsMax / max(hosts, 1),
                    periodMilliseconds: rule.periodMicroseconds / 1_000)
            }
        }
        return RateTable(shares)
    }

    /// Whether each of so many hosts gets a call at least.
    package func canBeShared(_ group: RateGroup, amongHosts hosts: Int) -> Bool {
        self[group].allSatisfy { $0.callsMax >= hosts }
    }

    /// Where each rule's calls begin in the flat list of a budget, and how many there are in all.
    var layout: (offsets: [[Int]], callsMax: Int) {
        var offset = 0
        let offsets = rules.map { rules in
            rules.map { rule in
                defer { offset += rule.callsMax }
                return offset
            }
        }
        return (offsets, offset)
    }

    /// Tells tables apart in a shared record (FNV-1a over the figures).
    package var fingerprint: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for (index, rules) in rules.enumerated() {
            for rule in rules {
                for figure in [UInt64(index), UInt64(rule.callsMax), UInt64(rule.periodMicroseconds)] {
                    hash = (hash ^ figure) &* 0x0000_0100_0000_01B3
                }
            }
        }
        return hash
    }
}
