import Diagnostics
import Network
import Upbit

/// What a notice means for a person.
extension SessionNotice {
    /// Names of markets in one message.
    private static let namesMax = 8

    /// Nil for what belongs to a good day.
    package var explained: CaptureError? {
        switch self {
        case .live, .ended: return nil
        case .messagesLimited:
            return CaptureError(
                .subscriptionRefused, "the exchange's limit for messages on sockets was hit",
                remedy: "It is tried again; find out who else uses this address.")
        case .failing(let error):
            return CaptureError(
                .connectionRefused, "no connection to the exchange: \(error.what)", place: error.place,
                remedy: error.remedy ?? "It is tried again for ever; see what the address in exchange.url is."
            )
        case .refused(let items, let refusal):
            return CaptureError(
                .subscriptionRefused,
                "the exchange refuses to send \(Self.names(items)): \(refusal.name) \(refusal.message)",
                remedy: Self.remedy(refusal.name))
        case .unheard(let items):
            return CaptureError(
                .marketSilent, "\(Self.names(items)) was asked for, and not even its present state came",
                remedy: "Check in the exchange's list (`yeoul markets`) that it exists and is traded.")
        case .silent(let symbols):
            return CaptureError(
                .marketSilent,
                "\(Self.names(symbols)) is silent for longer than usual, also on a new connection",
                remedy: "Trading may be halted there: see the exchange's notices. Nothing has to be done.")
        }
    }

    private static func names<Name: CustomStringConvertible>(_ all: [Name]) -> String {
        let shown = all.prefix(namesMax).map(\.description).joined(separator: ", ")
        return all.count > namesMax ? shown + " and \(all.count - namesMax) more" : shown
    }

    private static func remedy(_ name: String) -> String {
        let again = "The others go on; it is asked for again in ten minutes."
        switch name {
        case "INVALID_AUTH": return "Market data need no key: check exchange.url. " + again
        case "WRONG_FORMAT", "NO_TICKET", "NO_TYPE", "NO_CODES":
            return "The exchange may have changed its protocol: update Yeoul. " + again
        case "NOT_SENT": return "Correct capture.channels or capture.book_levels. " + again
        default: return "Remove it from capture.markets or capture.channels if it is not offered. " + again
        }
    }
}

extension OutageWatch.Change {
    package var explained: CaptureError? {
        switch self {
        case .ended: return nil
        case .began(let cause), .became(let cause):
            let beginning = "no connection to the exchange is live"
            switch cause {
            case .maintenance:
                return CaptureError(
                    .exchangeSilent, "\(beginning), and REST does not answer: maintenance, as it seems",
                    remedy: "See the exchange's notices. Capture comes back by itself, and refills.")
            case .network:
                return CaptureError(
                    .exchangeSilent, "\(beginning), and it cannot be reached at all",
                    remedy: "Check this machine's network, its name server and its firewall.")
            case .sockets:
                return CaptureError(
                    .exchangeSilent, "\(beginning), though REST answers",
                    remedy: "See above why connections end; the exchange may have blocked this address.")
            }
        }
    }
}
