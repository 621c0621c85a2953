/// The header `Remaining-Req: group=candles; min=600; sec=9`: calls left in the exchange's current second.
package struct RemainingRequests: Hashable, Sendable, CustomStringConvertible {
    package static let headerName = "Remaining-Req"
    /// Longer headers are ignored.
    package static let bytesMax = 128

    package let groupName: String
    package let secondsLeft: Int
    /// Deprecated by the exchange and constant; kept since clients expect it.
    package let minutesLeft: Int?

    package init(groupName: String, secondsLeft: Int, minutesLeft: Int? = nil) {
        self.groupName = groupName
        self.secondsLeft = secondsLeft
        self.minutesLeft = minutesLeft
    }

    /// Nil for anything that is not such a header.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax else { return nil }
        var name: String?
        var seconds: Int?
        var minutes: Int?
        for part in text.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            let value = pair[1].drop { $0 == " " }.prefix { $0 != " " }
            switch pair[0].drop(while: { $0 == " " }).prefix(while: { $0 != " " }) {
            case "group": name = String(value)
            case "sec":
                guard let number = Int(value), number >= 0 else { return nil }
                seconds = number
            case "min": minutes = Int(value)
            default: continue
            }
        }
        guard let name, !name.isEmpty, let seconds else { return nil }
        self.init(groupName: name, secondsLeft: seconds, minutesLeft: minutes)
    }

    package var group: RateGroup? { RateGroup(headerName: groupName) }

    package var description: String {
        "group=\(groupName); min=\(minutesLeft ?? 0); sec=\(secondsLeft)"
    }
}
