/// One request of a client, with its deadlines and bounds.
package struct HTTPCall: Sendable {
    package var method: String
    package var address: Address
    /// Never Origin.
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package var trust: Trust
    /// Name, connection and TLS.
    package var connectMillisecondsMax: Int64
    /// From the start to the first byte of the answer: a peer in maintenance may hang for ever.
    package var firstByteMillisecondsMax: Int64
    package var totalMillisecondsMax: Int64
    /// The largest body taken, after expanding.
    package var bodyBytesMax: Int

    package init(
        _ address: Address, method: String = "GET", headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = [], trust: Trust = .system, connectMillisecondsMax: Int64 = 5_000,
        firstByteMillisecondsMax: Int64 = 10_000, totalMillisecondsMax: Int64 = 30_000,
        bodyBytesMax: Int = 16_777_216
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
        self.trust = trust
        self.connectMillisecondsMax = connectMillisecondsMax
        self.firstByteMillisecondsMax = firstByteMillisecondsMax
        self.totalMillisecondsMax = totalMillisecondsMax
        self.bodyBytesMax = bodyBytesMax
    }
}
