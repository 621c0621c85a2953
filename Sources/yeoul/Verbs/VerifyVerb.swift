import Capture
import Configuration
import Database
import Diagnostics
import Exchange
import Journal
import Market

/// `yeoul verify`
struct VerifyVerb: Verb {
    let name = "verify"
    let summary = "Compare what is stored with the exchange's figures, a ledger, or what it is derived from"
    let details = """
        Reads what the capture has compared with the exchange's tickers and candles, and adds the stored trades \
        up again: a row that was changed or deleted since shows, too. Exit code 1 when anything differs.

        With --ledger: counts trades that are missing, stored twice, or stored otherwise than they were \
        printed, between the ledger's first and last trade. In its first and last 60 ms a ledger does not know \
        everything, so there no stored trade counts as never printed. What the exchange dropped from its \
        sockets counts as missing unless it was fetched over REST; what it let nobody know is not expected. \
        With --journalled only the trades that the journal holds are expected; while a capture writes it, those \
        up to the stored \
        position. Exit code 1 unless all three counts are zero.

        With --derived: computes all candles again from the stored trades, in SQL, and all indicators again \
        from the candles, and compares every column, bit for bit, in one snapshot while the capture goes on. \
        Series under repair are named; their indicators are not compared. Exit code 1 when anything differs.
        """
    let examples = [
        Example("yeoul verify", "the last day"),
        Example("yeoul verify --since 7d --market KRW-BTC", "a week of one market"),
        Example("yeoul verify --ledger trades.ledger", "against everything that was printed"),
        Example("yeoul verify --ledger trades.ledger --json", "for a program"),
        Example("yeoul verify --ledger trades.ledger --journalled", "against what was received"),
        Example("yeoul verify --derived", "candles and indicators, all of them"),
        Example("yeoul verify --derived --market KRW-BTC --json", "of one market, for a program"),
    ]
    let options =
        [
            OptionDeclaration("ledger", .path("FILE"), "What `yeoul exchange --ledger` wrote"),
            OptionDeclaration("journalled", "Expect only what the journal holds"),
            DerivedVerification.option,
            OptionDeclaration.json,
        ] + ProofVerification.options

    func run(_ invocation: Invocation) async throws {
        if invocation.has("derived") { return try await DerivedVerification.run(invocation) }
        guard let path = invocation.text("ledger") else {
            guard !invocation.has("journalled") else {
                throw UsageError("--journalled needs --ledger", path: [name])
            }
            return try await ProofVerification.run(invocation)
        }
        let configuration = try invocation.configuration()
        let ledger = try Ledger(path: path)
        var trades = ledger.entries.compactMap(Self.expected)
        guard !trades.isEmpty else {
            throw ProgramError(
                "the ledger holds no trade, so it proves nothing", place: path,
                remedy: "Name the whole file that `yeoul exchange --ledger` wrote for some seconds.")
        }
        if invocation.has("journalled") {
            let received = try await Self.received(configuration)
            for place in received.damages where !invocation.wantsJSON {
                try invocation.output.line(
                    "The journal is damaged, and nothing is expected of \(place.text).")
            }
            for index in trades.indices {
                trades[index].isRequired = received.keys.contains(
                    JournalledTrades.Key(symbol: trades[index].symbol, id: trades[index].sequentialID))
            }
        }
        var verification = Verification(trades, complete: Self.complete(ledger))
        if let range = verification.range {
            verification = try await OwnerDatabase.withSchema(configuration) { database in
                var filled = verification
                let connection = try await Connection.connect(database.directOptions)
                defer { try? connection.close() }
                try await StoredTrades.read(range, on: connection) { filled.take($0) }
                return filled
            }
        }
        let result = verification.finish()
        try invocation.output.write(
            invocation.wantsJSON ? Self.json(result) : Self.text(result))
        if !result.isClean {
            throw ProgramError(
                "the stored trades are not those of the ledger", place: path,
                remedy: invocation.has("journalled")
                    ? "The counts stand above; --json lists examples."
                    : "The counts stand above; --json lists examples. What was printed while no capture ran is "
                        + "missing too: --journalled expects only what the journal holds.")
        }
    }

    /// What the journal holds; of one that is being written, what the database must have by now.
    private static func received(_ configuration: Configuration) async throws -> JournalledTrades {
        let inspector = try JournalInspector(folder: configuration.journal.folder)
        guard inspector.isLive, let journal = inspector.id else { return try JournalledTrades(inspector) }
        let position = try await OwnerDatabase.withSchema(configuration) { database in
            let connection = try await Connection.connect(database.directOptions)
            defer { try? connection.close() }
            return try await StoredPosition.read(journal: journal.text, on: connection)
        }
        return try JournalledTrades(inspector, through: position ?? 0)
    }

    private static func complete(_ ledger: Ledger) -> ClosedRange<Instant>? {
        guard let known = ledger.completeMilliseconds, let from = Instant(milliseconds: known.lowerBound),
            let to = Instant(milliseconds: known.upperBound)
        else { return nil }
        return from...to
    }

    private static func expected(_ entry: LedgerEntry) -> ExpectedTrade? {
        guard let time = Instant(milliseconds: entry.trade.milliseconds) else { return nil }
        return ExpectedTrade(
            time: time, symbol: entry.symbol, sequentialID: entry.trade.sequentialID,
            price: Decimal8(unscaled: Int128(entry.trade.price)),
            volume: Decimal8(unscaled: entry.trade.volume), side: entry.trade.isBuy ? .buy : .sell,
            isRequired: entry.fate != .lost)
    }

    private static func text(_ result: Verification.Result) -> String {
        """
        \(result.expected) trades expected, \(result.stored) stored in that time
          missing    \(result.missing)
          duplicate  \(result.duplicate)
          different  \(result.different)
        \(result.examples.map { "  " + $0 + "\n" }.joined())
        """
    }

    private static func json(_ result: Verification.Result) -> String {
        let examples = result.examples.map { JSONText.quoted($0) }.joined(separator: ",")
        return "{\"expected\":\(result.expected),\"stored\":\(result.stored),\"missing\":\(result.missing),"
            + "\"duplicate\":\(result.duplicate),\"different\":\(result.different),\"examples\":[\(examples)]}\n"
    }
}
