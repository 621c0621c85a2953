/// Everything about one connection that a client wants.
package struct WebSocketRequest: Sendable {
    package var address: Address
    /// Such as Authorization. Never Origin.
    package var headers: HTTPHeaders
    package var trust: Trust
    package var offersCompression: Bool
    /// From the look-up of the name to the end of the handshake.
    package var openMillisecondsMax: Int64
    package var bounds: WebSocketBounds
    package var keepAlive: KeepAlive.Schedule

    package init(
        to address: Address, headers: HTTPHeaders = HTTPHeaders(), trust: Trust = .system,
        offersCompression: Bool = true, openMillisecondsMax: Int64 = 10_000,
        bounds: WebSocketBounds = WebSocketBounds(), keepAlive: KeepAlive.Schedule = KeepAlive.Schedule()
    ) {
        self.address = address
        self.headers = headers
        self.trust = trust
        self.offersCompression = offersCompression
        self.openMillisecondsMax = openMillisecondsMax
        self.bounds = bounds
        self.keepAlive = keepAlive
    }
}
