import Capture
import Database
import Foundation
import Market
import Storage
import Upbit

/// `yeoul refill`
struct RefillVerb: Verb {
    let name = "refill"
    let summary = "Fetch the trades of a time again"
    let details = """
        Opens a gap; the running capture fetches its trades from the exchange and merges them with what is \
        stored. Waits until that is done, unless told otherwise. The exchange keeps 7 days.
        """
    let examples = [
        Example("yeoul refill --market KRW-BTC --from 2h --to 1h", "an hour"),
        Example("yeoul refill --market KRW-BTC --from 12h --no-wait", "until now, later"),
    ]
    let options = [
        OptionDeclaration("market", .text("MARKET"), "Of which market"),
        OptionDeclaration("from", .text("TIME"), "A time, or how long ago: 12h"),
        OptionDeclaration("to", .text("TIME"), "Not included; now unless given"),
        OptionDeclaration("no-wait", "Do not wait until it is done"),
    ]

    private static let pollMilliseconds = 500
    /// Without a capture that does it, waiting is in vain.
    private static let withoutCaptureSeconds: Int64 = 15

    func run(_ invocation: Invocation) async throws {
        guard let market = invocation.text("market"), let from = invocation.text("from") else {
            throw UsageError("a refill needs --market and --from", path: [name])
        }
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let symbol = try MarketArgument.symbol(market, of: name)
        let start = try TimeArgument.instant(from, of: name, now: now)
        let end =
            try invocation.text("to").map { try TimeArgument.instant($0, of: name, now: now) } ?? now
        guard start < end, end <= now.adding(seconds: 60) else {
            throw UsageError("nothing lies between --from and --to", path: [name])
        }
        let gap = Gap(symbol, start..<end, reason: Gap.Reason.manual)
        let configuration = try invocation.configuration()
        try await OwnerDatabase.withSchema(configuration) { database in
            let connection = try await Connection.connect(database.options)
            defer { try? connection.close() }
            try await GapTable.write([gap], on: connection)
            if invocation.has("no-wait") {
                try invocation.output.line("The gap is open; the capture will fetch it.")
                return
            }
            try await wait(for: gap, connection, invocation)
        }
    }

    private func wait(for gap: Gap, _ connection: Connection, _ invocation: Invocation) async throws {
        var seconds: Int64 = 0
        for round in 0... {
            let rows = try await GapTable.list(
                since: gap.interval.lowerBound, symbol: gap.symbol, status: nil, limit: GapTable.rowsMax,
                on: connection
            ).filter { $0.interval.overlaps(gap.interval) && $0.channel == Gap.tradeChannel }
            let own = rows.first { $0.interval.lowerBound == gap.interval.lowerBound }
            if let own, own.status != .open {
                try invocation.output.write(
                    GapsVerb.text(
                        rows.filter { $0.reason.hasPrefix(Gap.Reason.manual) }, gap.interval.lowerBound))
                guard own.status == .filled else {
                    throw ProgramError("the trades cannot be had any more: \(own.reason)")
                }
                return
            }
            seconds = Int64(round * Self.pollMilliseconds / 1_000)
            if seconds >= Self.withoutCaptureSeconds, try await !isCaptured(connection) {
                throw ProgramError(
                    "no capture is running that would fetch it",
                    remedy: "Start yeoul capture; the gap stays open and is fetched then.")
            }
            try await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
        }
    }

    private func isCaptured(_ connection: Connection) async throws -> Bool {
        try await connection.query("SELECT EXISTS (SELECT FROM ops.leases WHERE expires_at > now())").single()
            .value(0)
    }
}
