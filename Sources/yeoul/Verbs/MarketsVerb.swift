import Diagnostics
import Market
import Quotation
import Upbit

/// `yeoul markets`
struct MarketsVerb: Verb {
    let name = "markets"
    let summary = "List the markets that the exchange offers"
    let details = "Asks the exchange of the configuration once, within the rate limits of this address."
    let examples = [
        Example("yeoul markets", "a table"),
        Example("yeoul markets --json", "for a program"),
        Example("yeoul markets --exchange-profile bithumb", "of another exchange"),
    ]
    let options = [OptionDeclaration.json]

    func run(_ invocation: Invocation) async throws {
        let access = try ExchangeAccess(try invocation.configuration())
        let listings = try await access.client.markets()
        try invocation.output.write(
            invocation.wantsJSON ? Self.json(listings, access) : Self.table(listings, access))
    }

    private static func table(_ listings: [MarketListing], _ access: ExchangeAccess) -> String {
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
            text += "\n"
        }
        return text + "\(listings.count) markets at \(access.origin)\n"
    }

    private static func json(_ listings: [MarketListing], _ access: ExchangeAccess) -> String {
        let lines = listings.map { listing in
            let cautions = listing.cautions.map { JSONText.quoted($0) }.joined(separator: ",")
            return "{\"market\":\(JSONText.quoted(listing.symbol.description))"
                + ",\"english_name\":\(JSONText.quoted(listing.englishName))"
                + ",\"korean_name\":\(JSONText.quoted(listing.koreanName))"
                + ",\"warning\":\(listing.hasWarning),\"cautions\":[\(cautions)]}"
        }
        return "{\"exchange\":\(JSONText.quoted(access.profile.name)),\"markets\":[\n"
            + lines.joined(separator: ",\n") + "\n]}\n"
    }
}
