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
