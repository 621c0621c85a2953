import Market
import Network
import Upbit

/// How quick an exchange is from here, and how far its clock is from ours.
package struct ExchangePing: Sendable, Equatable {
    /// From the request's sending to the answer's first byte; one for each call.
    package let restMicroseconds: [Int64]
    /// Name, connection, TLS and upgrade of a WebSocket.
    package let webSocketOpenMicroseconds: Int64
    /// From a ping to its pong; one for each.
    package let webSocketMicroseconds: [Int64]
    /// How far the exchange's clock is ahead; nil when its answers carry no usable date.
    package let clockOffsetMicroseconds: Int64?
    package let clockOffsetWithinMicroseconds: Int64?
    package let symbol: Symbol

    package static let roundsMax = 20

    /// Spreads `rounds` over a second or two, so that the dates narrow the clock's offset.
    package static func measure(
        _ client: QuotationClient, webSocketURL: String, webSockets: any WebSocketConnecting,
        trust: Trust = .system, rounds: Int = 5
    ) async throws -> ExchangePing {
        let rounds = min(max(rounds, 1), roundsMax)
        var offset = ClockOffset()
        let listing = try await client.answer(client.requests.markets(), priority: .refill)
        note(listing, in: &offset)
        let symbols = try listing.body.withUnsafeBytes { try RESTDecoder().markets($0) }.map(\.symbol)
        guard let symbol = symbols.first(where: { $0.description == "KRW-BTC" }) ?? symbols.first else {
            throw QuotationError(
                .unmeasurable, "the exchange lists no market", at: client.requests.profile.name,
                remedy: "It may be in maintenance; try again later.")
        }
        var rest: [Int64] = []
        for _ in 0..<rounds {
            let answer = try await client.answer(client.requests.tickers([symbol]), priority: .refill)
            rest.append(answer.waitMicroseconds)
            note(answer, in: &offset)
            try await Task.sleep(for: .microseconds(1_000_000 / Int64(rounds) + 7_000))
        }
        let permit = try await client.turn(.webSocketConnect, .refill, place: webSocketURL)
        let probe = PingProbe(rounds: rounds)
        let start = Monotonic.nanoseconds()
        let connection = webSockets.connect(
            WebSocketRequest(to: try Address(webSocketURL), trust: trust), consumer: probe)
        defer { connection.close() }
        let outcome = await probe.outcome()
        try await client.finish(permit, .sent)
        let (openedAt, trips) = try outcome.get()
        let estimate = offset.estimate
        return ExchangePing(
            restMicroseconds: rest, webSocketOpenMicroseconds: (openedAt - start) / 1_000,
            webSocketMicroseconds: trips.map { $0 / 1_000 },
            clockOffsetMicroseconds: estimate?.offsetMicroseconds,
            clockOffsetWithinMicroseconds: estimate?.withinMicroseconds, symbol: symbol)
    }

    private static func note(_ answer: HTTPAnswer, in offset: inout ClockOffset) {
        guard let seconds = answer.headers["Date"].flatMap({ HTTPStatus.unixSeconds(date: $0) }) else {
            return
        }
        offset.add(
            serverSeconds: seconds,
            sentAtMicroseconds: answer.receivedAt.unixMicroseconds - answer.totalMicroseconds,
            receivedAtMicroseconds: answer.receivedAt.unixMicroseconds)
    }

    /// The middle one of several measurements.
    package static func median(_ values: [Int64]) -> Int64 {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }
}
