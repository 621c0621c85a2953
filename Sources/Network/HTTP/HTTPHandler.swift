/// What a server does with its callers. Calls come concurrently, on Swift's own threads; the task is
/// cancelled when the caller goes away.
package protocol HTTPHandler: Sendable {
    func answer(_ request: HTTPRequest) async -> HTTPResponse
    /// Somebody asks for a WebSocket.
    func upgrade(_ request: HTTPRequest) async -> UpgradeDecision
}

extension HTTPHandler {
    package func upgrade(_ request: HTTPRequest) async -> UpgradeDecision {
        .refuse(.text("There is no WebSocket here.\n", status: 404))
    }
}
