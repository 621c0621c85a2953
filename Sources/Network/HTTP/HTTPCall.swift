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

/// What a server answered, whatever the status.
package struct HTTPAnswer: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]
    package let receivedAt: ReceiveTime
    /// From the start of the call to the end of the answer.
    package let totalMicroseconds: Int64
    /// From the request's sending to the answer's first byte; without name, connection and TLS.
    package let waitMicroseconds: Int64
    /// Whether a connection of an earlier call served.
    package let reusedConnection: Bool

    package init(
        status: Int, headers: HTTPHeaders, body: [UInt8], receivedAt: ReceiveTime,
        totalMicroseconds: Int64 = 0, waitMicroseconds: Int64 = 0, reusedConnection: Bool = false
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.receivedAt = receivedAt
        self.totalMicroseconds = totalMicroseconds
        self.waitMicroseconds = waitMicroseconds
        self.reusedConnection = reusedConnection
    }

    package var isSuccess: Bool { (200..<300).contains(status) }
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// Performs calls. A test or another driver may stand in its place.
package protocol HTTPCalling: Sendable {
    /// Throws for what keeps an answer from coming; any answer, a 429 too, is returned. Cancellation of
    /// the task ends the call.
    func perform(_ call: HTTPCall) async throws(NetworkError) -> HTTPAnswer
}
