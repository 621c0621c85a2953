/// Which handler a method and a path lead to. A segment in braces stands for any one segment:
/// `/api/trades/{id}`.
package struct HTTPRoutes: HTTPHandler {
    package typealias Answer = @Sendable (HTTPRequest) async -> HTTPResponse
    package typealias Upgrade = @Sendable (HTTPRequest) async -> UpgradeDecision

    private struct Route: Sendable {
        let method: String
        let segments: [Substring]
        let answer: Answer
    }

    private struct SocketRoute: Sendable {
        let segments: [Substring]
        let upgrade: Upgrade
    }

    private var routes: [Route] = []
    private var socketRoutes: [SocketRoute] = []

    package init() {}

    package mutating func on(_ method: String, _ path: String, _ answer: @escaping Answer) {
        routes.append(Route(method: method, segments: Self.segments(of: path), answer: answer))
    }

    package mutating func onWebSocket(_ path: String, _ upgrade: @escaping Upgrade) {
        socketRoutes.append(SocketRoute(segments: Self.segments(of: path), upgrade: upgrade))
    }

    package func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let segments = Self.segments(of: request.path)
        var methods: [String] = []
        for route in routes {
            guard let parameters = Self.match(route.segments, segments) else { continue }
            // A HEAD is a GET whose body the server leaves out.
            if route.method == request.method || (route.method == "GET" && request.method == "HEAD") {
                var request = request
                request.parameters = parameters
                return await route.answer(request)
            }
            methods.append(route.method)
        }
        if methods.isEmpty { return Self.notFound }
        var response = HTTPResponse.text("This address does not take \(request.method).\n", status: 405)
        response.headers.add("Allow", methods.joined(separator: ", "))
        return response
    }

    package func upgrade(_ request: HTTPRequest) async -> UpgradeDecision {
        let segments = Self.segments(of: request.path)
        for route in socketRoutes {
            guard let parameters = Self.match(route.segments, segments) else { continue }
            var request = request
            request.parameters = parameters
            return await route.upgrade(request)
        }
        return .refuse(Self.notFound)
    }

    private static let notFound = HTTPResponse.text("There is nothing at this address.\n", status: 404)

    private static func segments(of path: String) -> [Substring] {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }

    private static func match(_ pattern: [Substring], _ segments: [Substring]) -> [String: String]? {
        guard pattern.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (expected, actual) in zip(pattern, segments) {
            if expected.hasPrefix("{"), expected.hasSuffix("}") {
                guard !actual.isEmpty else { return nil }
                parameters[String(expected.dropFirst().dropLast())] = String(actual)
            } else if expected != actual {
                return nil
            }
        }
        return parameters
    }
}
