import Configuration
import Exchange
import Market
import Network
import Upbit

/// `yeoul exchange`
struct ExchangeVerb: Verb {
    let name = "exchange"
    let summary = "Run the built-in exchange, or show the ledger of what it printed"
    let details = """
        Serves Upbit's WebSocket and REST protocol on loopback, with made-up markets that a seed determines. \
        When it is ready it prints one line of JSON with its addresses. It ends after --duration, or with \
        Ctrl-C or SIGTERM. Faults are changed while it runs by a POST to the control address.

        `yeoul exchange ledger cat FILE` prints a ledger instead.
        """
    let examples = [
        Example("yeoul exchange --port 9000", "250 markets at the pace of a quiet day"),
        Example(
            "yeoul exchange --seed 7 --markets 20 --rate 500 --faults storm", "a bad day of a few markets"),
        Example("yeoul exchange --rate 2000 --steady", "2,000 trades every second, for measurements"),
        Example("yeoul exchange --ledger trades.ledger --duration 60s", "record what is printed in a minute"),
        Example("yeoul exchange --replay data/journal --speed 10", "a recorded journal, ten times as fast"),
        Example("yeoul exchange ledger cat trades.ledger --json", "show it, one line of JSON a trade"),
    ]
    let options = [
        OptionDeclaration("port", .integer(0...65_535), "The port to listen at; any free one unless given"),
        OptionDeclaration(
            "seed", .integer(0...Int.max), "What all markets and faults follow from; 1 unless given"),
        OptionDeclaration(
            "markets", .integer(1...Catalogue.marketsMax), "How many markets there are; 250 unless given"),
        OptionDeclaration(
            "rate", .text("N"), "Trades a second over all markets on an average day; 30 unless given"),
        OptionDeclaration("steady", "That many at all times: no calm days, busy hours and bursts"),
        OptionDeclaration(
            "speed", .text("X"), "How much faster than the clock the market goes; 1 unless given"),
        OptionDeclaration(
            "start", .text("TIME"), "When the market starts, such as 2026-03-02T00:00:00Z; now unless given"),
        OptionDeclaration("duration", .text("TIME"), "End after so long, such as 30s, 5m or 2h"),
        OptionDeclaration("ledger", .path("FILE"), "Write every trade there before it is sent"),
        OptionDeclaration("tls", "Serve with TLS; the authority's certificate is printed as ca"),
        OptionDeclaration(
            "faults", .choice(FaultProfile.allCases.map(\.rawValue)), "What goes wrong from the start"),
        OptionDeclaration(
            "profile", .choice(["upbit", "bithumb"]), "Whose habits it has; upbit unless given"),
        OptionDeclaration(
            "replay", .path("FOLDER"),
            "Send the messages of this journal again; --speed and --port go with it"),
        OptionDeclaration("no-limits", "Count neither connects nor requests"),
        OptionDeclaration.json,
    ]
    let positionals = [
        PositionalDeclaration("ledger", .choice(["ledger"]), isRequired: false, "Look at a ledger"),
        PositionalDeclaration("cat", .choice(["cat"]), isRequired: false, "Print it"),
        PositionalDeclaration("file", .path, isRequired: false, "The ledger's file"),
    ]
    let readsConfiguration = false

    func run(_ invocation: Invocation) async throws {
        guard invocation.positionals.isEmpty else {
            guard invocation.positionals.count == 3 else {
                throw UsageError("a ledger is shown with `ledger cat FILE`", path: [name])
            }
            return try cat(invocation.positionals[2], invocation)
        }
        if let folder = invocation.text("replay") {
            let replay = ExchangeReplay(
                folder: folder, speed: try number("speed", invocation) ?? 1,
                port: UInt16(invocation.integer("port") ?? 0))
            return try await replay.run(invocation)
        }
        let server = try ExchangeServer(try settings(invocation))
        defer { server.stop() }
        let interruption = Interruption()
        let watch = Task {
            await interruption.wait()
            server.stop()
        }
        try invocation.output.line(server.addresses.json)
        try await server.finished()
        watch.cancel()
    }

    private func cat(_ path: String, _ invocation: Invocation) throws {
        let ledger = try Ledger(path: path)
        for entry in ledger.entries {
            try invocation.output.line(invocation.wantsJSON ? entry.json : entry.line)
        }
        if ledger.tornBytes > 0, !invocation.wantsJSON {
            try invocation.output.line(
                "(\(ledger.tornBytes) bytes at the end are no whole block: the exchange was killed)")
        }
    }

    func settings(_ invocation: Invocation) throws -> ExchangeSettings {
        var settings = ExchangeSettings()
        if invocation.text("profile") == "bithumb" { settings.profile = .bithumb }
        settings.port = UInt16(invocation.integer("port") ?? 0)
        settings.seed = UInt64(invocation.integer("seed") ?? 1)
        settings.markets = invocation.integer("markets") ?? settings.markets
        settings.tradesPerSecond = try number("rate", invocation) ?? settings.tradesPerSecond
        settings.isSteady = invocation.has("steady")
        settings.speed = try number("speed", invocation) ?? settings.speed
        let now = Instant(microseconds: WallClock.unixMicroseconds())
        settings.start = try invocation.text("start").map {
            try TimeArgument.instant($0, of: name, now: now)
        }
        if let text = invocation.text("duration") {
            guard let milliseconds = SettingUnits.milliseconds(text), milliseconds > 0 else {
                throw UsageError(
                    "--duration needs a time such as 30s, 5m or 2h, not \"\(text)\"", path: [name])
            }
            // By the market's clock, so that two runs end at the same trade.
            settings.durationMilliseconds = Int64(min(1e15, Double(milliseconds) * settings.speed))
        }
        settings.ledgerPath = invocation.text("ledger")
        settings.usesTLS = invocation.has("tls")
        if let faults = invocation.text("faults") { settings.faults = try FaultProfile.named(faults) }
        settings.isLimited = !invocation.has("no-limits")
        return settings
    }

    private func number(_ option: String, _ invocation: Invocation) throws -> Double? {
        guard let text = invocation.text(option) else { return nil }
        guard let number = Double(text), number.isFinite else {
            throw UsageError("--\(option) needs a number, not \"\(text)\"", path: [name])
        }
        return number
    }
}
