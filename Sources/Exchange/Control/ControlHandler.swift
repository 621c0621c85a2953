import Market
import Network
import Upbit

/// The control endpoint: what tests and demonstrations change while the exchange runs.
struct ControlHandler: HTTPHandler {
    let core: ExchangeCore
    let door: ExchangeDoor

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        switch (request.method, request.path) {
        case ("GET", "/control/faults"): return .json(core.faults.json)
        case ("GET", "/control/state"): return .json(state)
        case ("POST", "/control/faults"): return perform(request, changeFaults)
        case ("POST", "/control/end"): return perform(request, endConnections)
        case ("POST", "/control/stall"): return perform(request, stallConnections)
        case ("POST", "/control/markets"): return perform(request, changeMarkets)
        default:
            let places =
                "GET and POST /control/faults, GET /control/state, POST /control/end, /stall, /markets"
            return .text("There is nothing here; there are: \(places).\n", status: 404)
        }
    }

    private var state: String {
        let state = core.summary
        return "{\"market_time\":\(state.market),\"connections\":\(state.connections),"
            + "\"trades\":\(state.trades),\"markets\":\(state.markets)}"
    }

    private func perform(
        _ request: HTTPRequest, _ order: ([String: JSONValue]) throws -> Void
    ) -> HTTPResponse {
        guard let members = JSONValue(request.body)?.object else {
            return .text("The body must be a JSON object.\n", status: 400)
        }
        do {
            try order(members)
            return .json(core.faults.json)
        } catch {
            return .text("\(error)\n", status: 400)
        }
    }

    /// `{"profile":"dirty"}` starts from a profile; other members change single faults.
    private func changeFaults(_ members: [String: JSONValue]) throws {
        var members = members
        var settings = core.faults
        if let profile = members.removeValue(forKey: "profile") {
            settings = try FaultProfile.named(profile.string ?? "")
        }
        try settings.merge(members)
        try door.set(isOpen: !settings.refusesConnects)
        core.change(settings)
    }

    /// `{"ending":"reset"}`: all connections, now.
    private func endConnections(_ members: [String: JSONValue]) throws {
        guard members.count == 1, let ending = members["ending"]?.string.flatMap(FaultSettings.Ending.init)
        else {
            let names = FaultSettings.Ending.allCases.map(\.rawValue).joined(separator: ", ")
            throw ExchangeError(
                .badSetting, "an end needs a kind", at: "ending", remedy: "Give one of \(names).")
        }
        core.endAll(ending)
    }

    /// `{"milliseconds":5000}`: all connections, now.
    private func stallConnections(_ members: [String: JSONValue]) throws {
        guard members.count == 1, let count = members["milliseconds"]?.number.flatMap(Int64.init(exactly:)),
            (1...60_000).contains(count)
        else {
            throw ExchangeError(
                .badSetting, "a stall needs a length", at: "milliseconds", remedy: "Give 1 to 60000.")
        }
        core.stallAll(milliseconds: count)
    }

    /// `{"list":"KRW-NEW"}`, `{"delist":"KRW-BTC"}`, `{"rename":"KRW-A","to":"KRW-B"}`,
    /// `{"tick":"KRW-BTC","multiple":10}`. All but renaming begin with the next minute.
    private func changeMarkets(_ members: [String: JSONValue]) throws {
        if let code = members["list"]?.string {
            try core.changeMarket(try Symbol(code)) { spec, minute in
                guard spec == nil else { throw Self.refusal("\(code) is listed already") }
                return try MarketOrders.listed(code, at: minute)
            }
        } else if let code = members["delist"]?.string {
            try change(code) { spec, minute in spec.delistedMinute = minute }
        } else if let code = members["rename"]?.string, let new = members["to"]?.string {
            let symbol = try Symbol(new)
            try change(code) { spec, _ in spec.symbol = symbol }
        } else if let code = members["tick"]?.string,
            let multiple = members["multiple"]?.number.flatMap(Int64.init(exactly:)),
            (1...1_000).contains(multiple)
        {
            try change(code) { spec, minute in
                spec.tickChanges.append(TickChange(fromMinute: minute, multiple: multiple))
            }
        } else {
            throw Self.refusal("the order is none of list, delist, rename with to, tick with multiple")
        }
    }

    private func change(_ code: String, _ change: (inout MarketSpec, Int64) -> Void) throws {
        try core.changeMarket(try Symbol(code)) { spec, minute in
            guard var spec else { throw Self.refusal("\(code) is not listed") }
            change(&spec, minute)
            return spec
        }
    }

    private static func refusal(_ what: String) -> ExchangeError {
        ExchangeError(.badSetting, what, at: "markets", remedy: "See docs/exchange.md.")
    }
}
