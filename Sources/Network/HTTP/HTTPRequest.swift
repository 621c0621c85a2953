/// A request as a server's handler sees it. Pure.
package struct HTTPRequest: Sendable, Equatable {
    package struct QueryItem: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package let method: String
    /// Decoded; begins with a slash and holds no `.`, `..`, control characters or encoded slashes.
    package let path: String
    package let queryItems: [QueryItem]
    package let headers: HTTPHeaders
    package var body: [UInt8] = []
    /// The address of the other side, with its port.
    package var peer = ""
    /// What stood in the places of a route's `{name}`.
    package var parameters: [String: String] = [:]

    static let queryItemsMax = 256
    let keepsAlive: Bool
    let isVersion11: Bool

    /// The first value of `name` in the query.
    package func query(_ name: String) -> String? {
        queryItems.first { $0.name == name }?.value
    }

    package var wantsWebSocket: Bool {
        headers.contains("Upgrade", word: "websocket")
    }

    init(_ head: HTTPHead) throws(HTTPHead.Refusal) {
        let parts = head.startLine.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].utf8.allSatisfy(HTTPHeaders.isTokenByte) else {
            throw HTTPHead.Refusal(status: 400, words: "the first line is not \"METHOD target HTTP/1.1\"")
        }
        switch parts[2] {
        case "HTTP/1.1": isVersion11 = true
        case "HTTP/1.0": isVersion11 = false
        default: throw HTTPHead.Refusal(status: 505, words: "only HTTP/1.0 and 1.1 are spoken here")
        }
        method = String(parts[0])
        headers = head.headers
        let hosts = headers.all("Host")
        guard hosts.count == 1 || (hosts.isEmpty && !isVersion11) else {
            throw HTTPHead.Refusal(status: 400, words: "there must be exactly one Host header")
        }
        keepsAlive = isVersion11 && !headers.contains("Connection", word: "close")
        (path, queryItems) = try Self.split(target: parts[1])
    }

    private static func split(target: Substring) throws(HTTPHead.Refusal) -> (String, [QueryItem]) {
        guard target.hasPrefix("/") else {
            throw HTTPHead.Refusal(status: 400, words: "the target does not begin with a slash")
        }
        let mark = target.firstIndex(of: "?")
        let path = try decodedPath(target[..<(mark ?? target.endIndex)])
        guard let mark else { return (path, []) }
        var items: [QueryItem] = []
        for pair in target[target.index(after: mark)...].split(separator: "&") {
            guard items.count < queryItemsMax else {
                throw HTTPHead.Refusal(status: 400, words: "more than \(queryItemsMax) values in the query")
            }
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            let value = equals < pair.endIndex ? pair[pair.index(after: equals)...] : ""
            guard let name = PercentCoding.decoded(pair[..<equals], plusIsBlank: true),
                let value = PercentCoding.decoded(value, plusIsBlank: true)
            else { throw HTTPHead.Refusal(status: 400, words: "the query is not percent-encoded UTF-8") }
            items.append(QueryItem(name: name, value: value))
        }
        return (path, items)
    }

    private static func decodedPath(_ raw: Substring) throws(HTTPHead.Refusal) -> String {
        let lowered = raw.lowercased()
        guard !lowered.contains("%2f"), !lowered.contains("%5c"), !raw.contains("\\"),
            let path = PercentCoding.decoded(raw, plusIsBlank: false),
            path.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }),
            path.split(separator: "/").allSatisfy({ $0 != "." && $0 != ".." })
        else { throw HTTPHead.Refusal(status: 400, words: "the path cannot be used") }
        return path
    }
}
