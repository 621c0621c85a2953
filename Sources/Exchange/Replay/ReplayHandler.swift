import Network

/// A replay's port: the WebSocket, and no REST, since a journal holds no answers to new questions.
struct ReplayHandler: HTTPHandler {
    let audience: ReplayAudience

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        .text("This is a replay of a journal: there is only /websocket/v1.\n", status: 404)
    }

    func upgrade(_ request: HTTPRequest) async -> UpgradeDecision {
        guard request.path == "/websocket/v1" else {
            return .refuse(.text("There is no WebSocket here.\n", status: 404))
        }
        return .accept(WebSocketAcceptance(consumer: ReplayListener(audience)))
    }
}
