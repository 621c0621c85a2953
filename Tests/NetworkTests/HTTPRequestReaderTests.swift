import Network
import Testing

@Suite struct HTTPRequestReaderTests {
    private static func read(_ text: String, step: Int = .max, bounds: HTTPBounds = HTTPBounds()) -> [String]
    {
        var reader = HTTPRequestReader(bounds)
        var seen: [String] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            Array(rest.prefix(step)).withUnsafeBytes { reader.append($0) }
            rest = rest.dropFirst(step)
            loop: while true {
                switch reader.next() {
                case .needsMore: break loop
                case .request(let request):
                    seen.append(
                        "\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))")
                case .refusal(let refusal): return seen + ["\(refusal.status)"]
                }
            }
        }
        return seen
    }

    @Test(arguments: [1, 5, 1_000])
    func requestsOneBehindTheOtherAreRead(step: Int) {
        let text =
            "GET /a%20b?x=1 HTTP/1.1\r\nHost: h\r\n\r\n"
            + "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
            + "\r\nPUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n" + "HEAD / HTTP/1.0\r\n\r\n"
        #expect(
            Self.read(text, step: step) == ["GET /a b ", "POST /b hello", "PUT /c abc0123456789", "HEAD / "])
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", "400"),  // no Host
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
        ("GET / HTTP/1.1\nHost: a\n\n\r\n\r\n", "400"),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\u{0}b\r\n\r\n", "400"),
        ("\u{16}\u{03}\u{01}", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", "413"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "501"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", "413"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100000000000000000\r\n", "400"),
    ])
    func requestsThatBreakTheRulesAreRefused(text: String, status: String) {
        #expect(Self.read(text) == [status])
    }

    @Test(arguments: [
        "/../etc/passwd", "/a/../../b", "/%2e%2e/b", "/a/%2E./b", "/a%2fb", "/a%5Cb", "/a\\b", "/%00", "/%zz",
        "/%c0%af", "/a/./b", "/%", "/?a=%f",
    ])
    func pathTricksAreRefused(target: String) {
        #expect(Self.read("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n") == ["400"])
    }

    @Test func eachSizeHasItsBound() {
        let long = String(repeating: "a", count: 9_000)
        #expect(Self.read("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n") == ["414"])
        #expect(Self.read("GET /\(long)", step: 100) == ["414"])
        let padding = String(repeating: "X: \(String(repeating: "b", count: 200))\r\n", count: 90)
        #expect(Self.read("GET / HTTP/1.1\r\nHost: a\r\n\(padding)\r\n") == ["431"])
        #expect(Self.read("GET / HTTP/1.1\r\nHost: a\r\n\(padding)", step: 50) == ["431"])
        let many = String(repeating: "X: b\r\n", count: 101)
        #expect(Self.read("GET / HTTP/1.1\r\nHost: a\r\n\(many)\r\n") == ["431"])
        var bounds = HTTPBounds()
        bounds.bodyBytesMax = 4
        let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(Self.read(chunked + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", bounds: bounds) == ["413"])
    }

    @Test func theQueryIsDecoded() throws {
        var reader = HTTPRequestReader(HTTPBounds())
        let text =
            "GET /t?market=KRW-BTC&to=2026-03-11T00%3A00%3A00%2B09%3A00&q=a+b&e HTTP/1.1\r\nHost: a\r\n\r\n"
        Array(text.utf8).withUnsafeBytes { reader.append($0) }
        guard case .request(let request) = reader.next() else {
            Issue.record("no request")
            return
        }
        #expect(request.query("market") == "KRW-BTC")
        #expect(request.query("to") == "2026-03-11T00:00:00+09:00")
        #expect(request.query("q") == "a b")
        #expect(request.query("e") == "")
        #expect(request.query("none") == nil)
        #expect(PercentCoding.encoded("T00:00+é") == "T00%3A00%2B%C3%A9")
    }
}
