package enum UpgradeDecision: Sendable {
    case accept(WebSocketAcceptance)
    /// With any status: 401, 429, …
    case refuse(HTTPResponse)
}
