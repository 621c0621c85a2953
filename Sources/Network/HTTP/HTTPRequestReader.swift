/// Gathers one request from bytes as they come, within its bounds. Pure.
package struct HTTPRequestReader {
    package enum Progress {
        case needsMore
        case request(HTTPRequest)
        case refusal(HTTPHead.Refusal)
    }

    private enum Phase {
        case head
        case body(HTTPRequest, length: Int)
        case chunkSize(HTTPRequest)
        case chunk(HTTPRequest, left: Int)
        case trailer(HTTPRequest)
    }

    private static let chunkLineBytesMax = 256

    private let bounds: HTTPBounds
    private var phase = Phase.head
    private var bytes: [UInt8] = []
    private var searchedBytes = 0
    private var body: [UInt8] = []
    /// The caller waits for "100 Continue" before it sends its body.
    private(set) var awaitsContinue = false

    package init(_ bounds: HTTPBounds) {
        self.bounds = bounds
    }

    /// Whether a request has begun.
    package var hasBegun: Bool {
        if case .head = phase { return !bytes.isEmpty }
        return true
    }

    package var isInBody: Bool {
        if case .head = phase { return false }
        return true
    }

    /// Bytes beyond the request; they belong to the next, or after an upgrade to the WebSocket.
    package mutating func takeRest() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    package mutating func append(_ new: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: new)
    }

    package mutating func continued() {
        awaitsContinue = false
    }

    /// Goes as far as the bytes allow. After a request the reader is ready for the next one.
    package mutating func next() -> Progress {
        do throws(HTTPHead.Refusal) {
            while true {
                let isBlocked: Bool
                switch phase {
                case .head: isBlocked = try readHead()
                case .body(let request, let length):
                    guard bytes.count >= length else { return .needsMore }
                    body = Array(bytes[..<length])
                    bytes.removeFirst(length)
                    return .request(finish(request))
                case .chunkSize(let request): isBlocked = try readChunkSize(request)
                case .chunk(let request, let left): isBlocked = try readChunk(request, left)
                case .trailer(let request):
                    guard let line = try takeLine() else { return .needsMore }
                    if line.isEmpty { return .request(finish(request)) }
                    isBlocked = false
                }
                if isBlocked { return .needsMore }
            }
        } catch {
            return .refusal(error)
        }
    }

    private mutating func finish(_ request: HTTPRequest) -> HTTPRequest {
        var whole = request
        whole.body = body
        body = []
        phase = .head
        searchedBytes = 0
        awaitsContinue = false
        return whole
    }

    /// True when more bytes are needed.
    private mutating func readHead() throws(HTTPHead.Refusal) -> Bool {
        // Empty lines before a request are allowed and skipped (RFC 9112 §2.2).
        while bytes.count >= 2, bytes[0] == 13, bytes[1] == 10 { bytes.removeFirst(2) }
        if let first = bytes.first, first != 13, !HTTPHeaders.isTokenByte(first) {
            // Somebody speaks TLS, or nothing that we know: no need to wait for an end.
            throw HTTPHead.Refusal(status: 400, words: "this is not HTTP")
        }
        guard let end = bytes.withUnsafeBytes({ HTTPHead.end(in: $0, from: searchedBytes) }),
            end <= bounds.headBytesMax
        else {
            let lineEnd = bytes.firstIndex(of: 10) ?? bytes.count
            if lineEnd > bounds.requestLineBytesMax {
                throw HTTPHead.Refusal(status: 414, words: "the address is too long")
            }
            if bytes.count > bounds.headBytesMax {
                throw HTTPHead.Refusal(status: 431, words: "the headers are too large")
            }
            searchedBytes = bytes.count
            return true
        }
        guard (bytes.firstIndex(of: 10) ?? 0) <= bounds.requestLineBytesMax else {
            throw HTTPHead.Refusal(status: 414, words: "the address is too long")
        }
        let head = try Self.parse(bytes[..<end])
        bytes.removeFirst(end)
        searchedBytes = 0
        try beginBody(of: HTTPRequest(head))
        return false
    }

    private static func parse(_ bytes: ArraySlice<UInt8>) throws(HTTPHead.Refusal) -> HTTPHead {
        var outcome: Result<HTTPHead, HTTPHead.Refusal>?
        bytes.withUnsafeBytes { raw in
            do throws(HTTPHead.Refusal) {
                outcome = .success(try HTTPHead(parsing: raw))
            } catch {
                outcome = .failure(error)
            }
        }
        guard let outcome else { throw HTTPHead.Refusal(status: 400, words: "the head is empty") }
        return try outcome.get()
    }

    private mutating func beginBody(of request: HTTPRequest) throws(HTTPHead.Refusal) {
        let lengths = request.headers.all("Content-Length")
        let codings = request.headers.all("Transfer-Encoding")
        guard lengths.isEmpty || codings.isEmpty, lengths.count <= 1 else {
            // Two readings of one request are how requests are smuggled past a proxy.
            throw HTTPHead.Refusal(status: 400, words: "the length of the body is given twice")
        }
        awaitsContinue = request.isVersion11 && request.headers.contains("Expect", word: "100-continue")
        if let coding = codings.first {
            guard codings.count == 1, HTTPHeaders.isSame(coding, "chunked"), request.isVersion11 else {
                throw HTTPHead.Refusal(status: 501, words: "the only transfer encoding known is chunked")
            }
            phase = .chunkSize(request)
            return
        }
        var length = 0
        if let text = lengths.first {
            guard !text.isEmpty, text.utf8.count <= 18,
                text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
                let number = Int(text)
            else { throw HTTPHead.Refusal(status: 400, words: "Content-Length is not a number") }
            length = number
        }
        guard length <= bounds.bodyBytesMax else { throw tooLarge }
        phase = .body(request, length: length)
    }

    private mutating func readChunkSize(_ request: HTTPRequest) throws(HTTPHead.Refusal) -> Bool {
        guard let line = try takeLine() else { return true }
        let digits = line.prefix { $0 != UInt8(ascii: ";") }
        guard !digits.isEmpty, digits.count <= 8,
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0,
            digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-")
        else { throw HTTPHead.Refusal(status: 400, words: "a chunk's length is not a number") }
        guard body.count + size <= bounds.bodyBytesMax else { throw tooLarge }
        phase = size == 0 ? .trailer(request) : .chunk(request, left: size)
        return false
    }

    private mutating func readChunk(_ request: HTTPRequest, _ left: Int) throws(HTTPHead.Refusal) -> Bool {
        guard bytes.count >= left + 2 else { return true }
        guard bytes[left] == 13, bytes[left + 1] == 10 else {
            throw HTTPHead.Refusal(status: 400, words: "a chunk does not end where it should")
        }
        body += bytes[..<left]
        bytes.removeFirst(left + 2)
        phase = .chunkSize(request)
        return false
    }

    private mutating func takeLine() throws(HTTPHead.Refusal) -> [UInt8]? {
        guard let end = bytes.firstIndex(of: 10) else {
            guard bytes.count <= Self.chunkLineBytesMax else {
                throw HTTPHead.Refusal(status: 400, words: "a line of a chunked body is too long")
            }
            return nil
        }
        guard end > 0, bytes[end - 1] == 13, end <= Self.chunkLineBytesMax else {
            throw HTTPHead.Refusal(status: 400, words: "a line of a chunked body is not right")
        }
        let line = Array(bytes[..<(end - 1)])
        bytes.removeFirst(end + 1)
        return line
    }

    private var tooLarge: HTTPHead.Refusal {
        HTTPHead.Refusal(status: 413, words: "the body is larger than \(bounds.bodyBytesMax) bytes")
    }
}
