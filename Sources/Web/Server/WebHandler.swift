import Diagnostics
import Network

/// Answers every request: the table of routes, the page's files, the login, the stream.
struct WebHandler: HTTPHandler {
    static let streamPath = "/api/stream"
    static let loginPath = "/login"
    static let openAPIPath = "/openapi.json"
    /// Longer bodies of a login are refused.
    static let loginBytesMax = 1_024

    let routes: [String: Route]
    let openAPI: [UInt8]
    let files: PageFiles
    let access: Access
    let shared: SharedAnswers
    let metrics: WebMetrics
    let hub: StreamHub
    let logger: Logger?

    init(
        routes: [Route], version: String, files: PageFiles, access: Access, shared: SharedAnswers,
        metrics: WebMetrics, hub: StreamHub, logger: Logger?
    ) {
        self.routes = Dictionary(routes.map { ($0.path, $0) }) { first, _ in first }
        openAPI = Array(OpenAPI.document(routes, version: version).json.utf8)
        self.files = files
        self.access = access
        self.shared = shared
        self.metrics = metrics
        self.hub = hub
        self.logger = logger
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let began = Monotonic.nanoseconds()
        var (endpoint, response) = await dispatch(request)
        SecurityHeaders.add(to: &response)
        let seconds = Double(Monotonic.nanoseconds() - began) / 1e9
        metrics.observe(
            method: request.method, endpoint: endpoint, status: response.status, seconds: seconds)
        return response
    }

    func upgrade(_ request: HTTPRequest) async -> UpgradeDecision {
        var refusal: HTTPResponse
        do throws(WebError) {
            if let refusal = access.refusal(request) { throw refusal }
            guard request.path == Self.streamPath else { throw Self.notFound }
            let arguments = try Arguments(request.queryItems, StreamSelection.parameters)
            let client = try hub.admit(StreamSelection(arguments))
            return .accept(StreamClient.acceptance(client))
        } catch {
            refusal = Self.response(error)
        }
        SecurityHeaders.add(to: &refusal)
        metrics.observe(method: "GET", endpoint: Self.streamPath, status: refusal.status, seconds: 0)
        return .refuse(refusal)
    }

    private func dispatch(_ request: HTTPRequest) async -> (String, HTTPResponse) {
        let file = files.file(at: request.path)
        let endpoint =
            routes[request.path] != nil || request.path == Self.openAPIPath || request.path == Self.loginPath
                || request.path == Self.streamPath
            ? request.path : (file == nil ? "other" : "page")
        do {
            // The page itself tells nothing, and a browser must be able to show the login.
            let isForAll = file != nil || request.path == Self.loginPath
            if let refusal = access.refusal(request), !(isForAll && refusal.status == 401) { throw refusal }
            if request.path == Self.loginPath { return (endpoint, try await logIn(request)) }
            guard endpoint != "other" else { throw Self.notFound }
            guard request.method == "GET" || request.method == "HEAD" else {
                return (endpoint, Self.wrongMethod(request.method, allowed: "GET, HEAD"))
            }
            return (endpoint, try await get(request, file))
        } catch {
            return (endpoint, failure(error, request))
        }
    }

    private func get(_ request: HTTPRequest, _ file: PageFiles.File?) async throws -> HTTPResponse {
        var response: HTTPResponse
        if let route = routes[request.path] {
            let arguments = try Arguments(request.queryItems, route.parameters)
            response = try await shared.answer(
                "\(route.path)?\(arguments.key)", milliseconds: route.sharedMilliseconds
            ) { try await route.answer(arguments) }
            if route.path == "/health" || route.path == "/metrics" { return response }
        } else if request.path == Self.openAPIPath {
            response = HTTPResponse(headers: ["Content-Type": "application/json"], body: openAPI)
        } else if request.path == Self.streamPath {
            return Self.response(
                WebError(
                    .request, "this address speaks WebSocket only", place: Self.streamPath,
                    remedy: "Open ws://…\(Self.streamPath)?symbols=KRW-BTC&timeframe=1m", status: 426))
        } else if let file {
            response = HTTPResponse(
                headers: ["Content-Type": file.type, "ETag": file.tag], body: file.bytes)
        } else {
            throw Self.notFound
        }
        EntityTag.apply(to: &response, request)
        return response
    }

    private func logIn(_ request: HTTPRequest) async throws(WebError) -> HTTPResponse {
        guard request.method == "POST" else {
            return Self.wrongMethod(request.method, allowed: "POST")
        }
        guard !access.isOpen else {
            throw WebError(
                .request, "no token is set, so nobody needs to log in", place: Self.loginPath, status: 404)
        }
        guard request.body.count <= Self.loginBytesMax else {
            throw WebError(.request, "this is no token", place: Self.loginPath, status: 413)
        }
        guard let cookie = try await access.logIn(String(decoding: request.body, as: UTF8.self)) else {
            throw WebError(
                .request, "the token is wrong", place: Self.loginPath,
                remedy: "It stands in web.token of the configuration.", status: 401)
        }
        return HTTPResponse(status: 204, headers: ["Set-Cookie": cookie])
    }

    private func failure(_ error: any Error, _ request: HTTPRequest) -> HTTPResponse {
        if let error = error as? WebError, error.status < 500 { return Self.response(error) }
        if !(error is CancellationError), !Task.isCancelled {
            logger?.warning(
                "a request could not be answered", ["path": request.path, "error": "\(error)"])
        }
        // What the database said may tell of its address; the log has it.
        return Self.response(
            WebError(
                .request, "the database does not answer now", place: request.path,
                remedy: "Try again; /health and the server's log say more.", status: 503))
    }

    static let notFound = WebError(
        .request, "there is nothing at this address", remedy: "/docs lists what there is.", status: 404)

    private static func wrongMethod(_ method: String, allowed: String) -> HTTPResponse {
        var response = response(
            WebError(
                .request, "this address does not take \(method.prefix(20))", remedy: "It takes \(allowed).",
                status: 405))
        response.headers.add("Allow", allowed)
        return response
    }

    static func response(_ error: WebError) -> HTTPResponse {
        let body: JSONValue = [
            "error": [
                "what": .text(error.what), "where": error.place.map { .text($0) } ?? .null,
                "remedy": error.remedy.map { .text($0) } ?? .null,
            ]
        ]
        var response = HTTPResponse.json(body.json, status: error.status)
        if error.status == 401 { response.headers.add("WWW-Authenticate", "Bearer") }
        return response
    }
}
