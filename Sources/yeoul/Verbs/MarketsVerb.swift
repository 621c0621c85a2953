import Capture
import Diagnostics
import Market
import Quotation
import Upbit

/// `yeoul markets`
struct MarketsVerb: Verb {
    let name = "markets"
    let summary = "List the markets that the exchange offers"
    let details = """
        Asks the exchange of the configuration once, within the rate limits of this address. With --captured, \
        only those that capture.markets asks for, each with the connections that would listen to it.
        """
    let examples = [
        Example("yeoul markets", "a table"),
        Example("yeoul markets --json", "for a program"),
        Example("yeoul markets --exchange-profile bithumb", "of another exchange"),
        Example("yeoul markets --captured --markets KRW-BTC,BTC-*", "what would be captured"),
    ]
    let options = [
        OptionDeclaration.json,
        OptionDeclaration("captured", "Only the markets of capture.markets, with their connections"),
    ]

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        let access = try ExchangeAccess(configuration)
        // What cannot be captured is told before anything is asked.
        let source = invocation.has("captured") ? try CaptureSource(configuration, access) : nil
        var listings = try await access.client.markets()
        var plan: ConnectionPlan?
        if let source {
            listings = listings.filter { source.selection.matches($0.symbol) }
            plan = try await Self.plan(source, listings, access)
        }
        try invocation.output.write(
            invocation.wantsJSON ? Self.json(listings, access, plan) : Self.table(listings, access, plan))
    }

    /// As capture would begin: spread by yesterday's turnover.
    private static func plan(
        _ source: CaptureSource, _ listings: [MarketListing], _ access: ExchangeAccess
    ) async throws -> ConnectionPlan {
        guard !listings.isEmpty else {
            throw CaptureError(
                .unknownMarket, "the exchange lists no market that is asked for", place: "capture.markets",
                remedy: "See `yeoul markets` for what there is.")
        }
        var load = MarketLoad()
        var rest = listings.map(\.symbol)[...]
        while !rest.isEmpty {
            load.heard(try await access.client.tickers(Array(rest.prefix(Quotation.marketsMax))))
            rest = rest.dropFirst(Quotation.marketsMax)
        }
        var plan = source.plan
        plan.update(
            Dictionary(listings.map { ($0.symbol, load.messagesPerSecond($0.symbol)) }) { first, _ in first })
        return plan
    }

    private static func table(
        _ listings: [MarketListing], _ access: ExchangeAccess, _ plan: ConnectionPlan?
    ) -> String {
        let symbolWidth = listings.map { $0.symbol.description.count }.max() ?? 0
        var text = ""
        for listing in listings {
            let symbol = listing.symbol.description
            text += symbol + String(repeating: " ", count: symbolWidth - symbol.count + 2)
            text += ControlCharacters.escaped("\(listing.englishName) (\(listing.koreanName))")
            let cautions = (listing.hasWarning ? ["WARNING"] : []) + listing.cautions
            if !cautions.isEmpty {
                text += "  " + ControlCharacters.escaped(cautions.joined(separator: ", "))
            }
            if let plan {
                let places = plan.connections(of: listing.symbol).map { "\($0)" }
                text += places.isEmpty ? "  no room" : "  connection " + places.joined(separator: " and ")
            }
            text += "\n"
        }
        return text + "\(listings.count) markets at \(access.origin)\n"
    }

    private static func json(
        _ listings: [MarketListing], _ access: ExchangeAccess, _ plan: ConnectionPlan?
    ) -> String {
        let lines = listings.map { listing in
            let cautions = listing.cautions.map { JSONText.quoted($0) }.joined(separator: ",")
            let places = plan.map { plan in
                let numbers = plan.connections(of: listing.symbol).map { "\($0)" }
                return ",\"connections\":[\(numbers.joined(separator: ","))]"
            }
            return "{\"market\":\(JSONText.quoted(listing.symbol.description))"
                + ",\"english_name\":\(JSONText.quoted(listing.englishName))"
                + ",\"korean_name\":\(JSONText.quoted(listing.koreanName))"
                + ",\"warning\":\(listing.hasWarning),\"cautions\":[\(cautions)]\(places ?? "")}"
        }
        return "{\"exchange\":\(JSONText.quoted(access.profile.name)),\"markets\":[\n"
            + lines.joined(separator: ",\n") + "\n]}\n"
    }
}
