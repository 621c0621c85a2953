import Diagnostics
import Market
import Network
import Quotation
import Upbit

/// `yeoul ping`
struct PingVerb: Verb {
    let name = "ping"
    let summary = "Measure the exchange: REST, WebSocket, and its clock against ours"
    let details = """
        Makes a few calls and one WebSocket connection, within the rate limits of this address. The clock is
        measured from the dates of the answers, which show whole seconds: more rounds narrow it.
        """
    let examples = [
        Example("yeoul ping", "five rounds"),
        Example("yeoul ping --rounds 20 --json", "narrower, for a program"),
    ]
    let options = [
        OptionDeclaration("rounds", .integer(1...ExchangePing.roundsMax), "How many calls and pings (5)"),
        OptionDeclaration.json,
    ]

    func run(_ invocation: Invocation) async throws {
        let access = try ExchangeAccess(try invocation.configuration())
        let loop = try EventLoop(named: "yeoul-ping")
        defer { loop.stop() }
        let report = try await ExchangePing.measure(
            access.client, webSocketURL: access.webSocketURL, webSockets: WebSocketClient(on: loop),
            trust: access.trust, rounds: invocation.integer("rounds") ?? 5)
        try invocation.output.write(
            invocation.wantsJSON ? Self.json(report, access) : Self.text(report, access))
    }

    private static func text(_ report: ExchangePing, _ access: ExchangeAccess) -> String {
        var text = "\(access.profile.name) at \(access.origin), asked about \(report.symbol)\n"
        text += "REST       \(summary(report.restMicroseconds))\n"
        text += "WebSocket  \(summary(report.webSocketMicroseconds)); "
        text += "opened in \(milliseconds(report.webSocketOpenMicroseconds)) ms\n"
        guard let offset = report.clockOffsetMicroseconds, let within = report.clockOffsetWithinMicroseconds
        else { return text + "Clock      not known: the answers carry no usable date\n" }
        let relation = offset < 0 ? "behind" : "ahead of"
        text += "Clock      \(milliseconds(abs(offset))) ms \(relation) ours, give or take "
        return text + "\(milliseconds(within)) ms\n"
    }

    private static func json(_ report: ExchangePing, _ access: ExchangeAccess) -> String {
        func list(_ values: [Int64]) -> String { "[\(values.map { "\($0)" }.joined(separator: ","))]" }
        func optional(_ value: Int64?) -> String { value.map { "\($0)" } ?? "null" }
        return "{\"exchange\":\(JSONText.quoted(access.profile.name))"
            + ",\"origin\":\(JSONText.quoted(access.origin))"
            + ",\"rest_microseconds\":\(list(report.restMicroseconds))"
            + ",\"websocket_open_microseconds\":\(report.webSocketOpenMicroseconds)"
            + ",\"websocket_microseconds\":\(list(report.webSocketMicroseconds))"
            + ",\"clock_offset_microseconds\":\(optional(report.clockOffsetMicroseconds))"
            + ",\"clock_offset_within_microseconds\":\(optional(report.clockOffsetWithinMicroseconds))}\n"
    }

    private static func summary(_ values: [Int64]) -> String {
        let sorted = values.sorted()
        guard let least = sorted.first, let most = sorted.last else { return "not measured" }
        return "\(milliseconds(ExchangePing.median(values))) ms "
            + "(\(milliseconds(least)) to \(milliseconds(most)), \(values.count) rounds)"
    }

    /// With two decimals.
    private static func milliseconds(_ microseconds: Int64) -> String {
        let hundredths = (microseconds + 5) / 10
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
