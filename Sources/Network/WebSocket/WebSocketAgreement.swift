/// What the two sides agreed on when a connection opened.
package struct WebSocketAgreement: Sendable {
    package let peer: String
    package let isEncrypted: Bool
    package let isCompressed: Bool
    /// The headers of the answer (at a client) or of the request (at a server).
    package let headers: HTTPHeaders
}
