/// What a server's handler answers.
package struct HTTPResponse: Sendable, Equatable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// Compressed with gzip when the caller takes it and the body is worth it.
    package var mayCompress = true
    /// For an exchange that is to misbehave: after so many bytes of the body the connection is reset.
    package var resetAfterBodyBytes: Int?

    package init(status: Int = 200, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static func text(
        _ text: String, status: Int = 200, type: String = "text/plain; charset=utf-8"
    ) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": type], body: Array(text.utf8))
    }

    package static func json(_ text: String, status: Int = 200) -> HTTPResponse {
        .text(text, status: status, type: "application/json;charset=UTF-8")
    }

    /// Bodies below this are sent as they are.
    static let compressedBytesMin = 1_024

    /// The whole answer as bytes. `request` is nil when it could not be read.
    func serialized(for request: HTTPRequest?, keepsAlive: Bool, date: String) -> [UInt8] {
        var body = self.body
        var headers = self.headers
        if mayCompress, body.count >= Self.compressedBytesMin, headers["Content-Encoding"] == nil {
            headers.add("Vary", "Accept-Encoding")
            if let request, request.headers.contains("Accept-Encoding", word: "gzip"),
                let smaller = Gzip.compress(body)
            {
                body = smaller
                headers.set("Content-Encoding", "gzip")
            }
        }
        var text = "HTTP/1.1 \(status) \(HTTPStatus.phrase(status))\r\n"
        if headers["Date"] == nil { text += "Date: \(date)\r\n" }
        for field in headers.fields { text += "\(field.name): \(field.value)\r\n" }
        if Self.mayHaveBody(status) { text += "Content-Length: \(body.count)\r\n" }
        text += keepsAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n"
        var bytes = Array(text.utf8)
        if request?.method != "HEAD", Self.mayHaveBody(status) {
            if let limit = resetAfterBodyBytes { body = Array(body.prefix(limit)) }
            bytes += body
        }
        return bytes
    }

    private static func mayHaveBody(_ status: Int) -> Bool {
        status >= 200 && status != 204 && status != 304
    }
}
