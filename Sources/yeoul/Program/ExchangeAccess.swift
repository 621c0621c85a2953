import Configuration
import Database
import Diagnostics
import Network
import Quotation
import Upbit

/// The exchange of the configuration: its dialect, its addresses, and a client within the shared budget.
struct ExchangeAccess: Sendable {
    let profile: Profile
    /// Scheme, host and port of REST.
    let origin: String
    let webSocketURL: String
    /// Whose certificates it may show, over REST and on the WebSocket.
    let trust: Trust
    /// Of this address, with all other processes.
    let budget: any SharedRateBudget
    let client: QuotationClient

    init(_ configuration: Configuration, logger: Logger? = nil) throws {
        let address = try Self.origin(configuration.exchange)
        profile = try Profile.named(
            configuration.exchange.profile.rawValue, builtInPort: address.map { Int($0.port) } ?? 0)
        if let address {
            origin = "\(address.scheme.rawValue)://\(address.authority)"
            let scheme = address.scheme.isEncrypted ? "wss" : "ws"
            webSocketURL = "\(scheme)://\(address.authority)/websocket/v1"
        } else {
            origin = profile.restOrigin
            webSocketURL = profile.webSocketURL
        }
        trust = try Self.trust(configuration.exchange.ca, origin)
        // It gets our mark: whoever wants the database next must not take the budget for a stranger's file.
        try DataFolder.claim(ClusterLayout(dataFolder: configuration.data.folder))
        var settings = QuotationClient.Settings()
        settings.trust = trust
        budget = try Self.budget(configuration, profile, try Address(origin), logger)
        client = QuotationClient(
            profile, origin: origin, http: try HTTPClient(), budget: budget, settings: settings)
    }

    /// Refuses settings that lead to no exchange. No connection.
    static func check(_ exchange: Configuration.Exchange) throws {
        let address = try origin(exchange)
        let isEncrypted = address?.scheme.isEncrypted ?? true
        _ = try trust(exchange.ca, isEncrypted ? "https:" : "http:")
    }

    /// A file that cannot be read is told before anything is asked.
    private static func trust(_ file: String?, _ origin: String) throws -> Trust {
        guard let file else { return .system }
        let trust = Trust.authorities(file: file)
        guard origin.hasPrefix("https:") else {
            throw ConfigurationError([
                ConfigurationMistake(
                    "an authority is named for \(origin), which has no certificate", place: "exchange.ca",
                    remedy: "Leave exchange.ca away, or give an https:// address in exchange.url.")
            ])
        }
        _ = try TLSContext.client(trusting: trust)
        return trust
    }

    /// Limits are counted by each exchange on its own, so each has its file, or its row.
    private static func budget(
        _ configuration: Configuration, _ profile: Profile, _ address: Address, _ logger: Logger?
    ) throws -> any SharedRateBudget {
        let host = address.host.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" }
        let name = "\(profile.name)-\(String(host))-\(address.port)"
        let folder = configuration.data.folder
        guard configuration.exchange.rateBudget == .database, let url = configuration.database.url else {
            return try RateBudgetFile(path: "\(folder)/rate-budget-\(name)", table: profile.rates)
        }
        return try RateBudgetDatabase(
            try ConnectionOptions(url: url), name: name, table: profile.rates,
            hosts: configuration.exchange.rateHosts, shareFile: "\(folder)/rate-share-\(name)",
            logger: logger)
    }

    /// The address that the settings give; nil for the profile's own.
    private static func origin(_ exchange: Configuration.Exchange) throws -> Address? {
        guard let url = exchange.url else {
            guard exchange.profile != .builtIn else {
                throw ConfigurationError([
                    ConfigurationMistake(
                        "the built-in exchange has no address of its own", place: "exchange.url",
                        remedy: "Set exchange.url to the `rest` address that `yeoul exchange` prints.")
                ])
            }
            return nil
        }
        let address = try Address(url)
        // Both are welcome: the exchange prints its address with the version behind it.
        guard ["/", "/v1", "/v1/"].contains(address.target) else {
            throw ConfigurationError([
                ConfigurationMistake(
                    "the exchange's address has a path", place: "exchange.url",
                    remedy: "Give scheme, host and port only, like https://api.upbit.com.")
            ])
        }
        return address
    }
}
