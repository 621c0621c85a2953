/// Where a peer is and what is wanted of it: the part of a URL that we use. Pure.
package struct Address: Sendable, Equatable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case ws, wss, http, https

        package var isEncrypted: Bool { self == .wss || self == .https }
        var defaultPort: UInt16 { isEncrypted ? 443 : 80 }
    }

    package let scheme: Scheme
    package let host: String
    package let port: UInt16
    /// Path and query as sent in the request line.
    package let target: String

    package init(_ text: String) throws(NetworkError) {
        func refuse(_ reason: String) -> NetworkError {
            NetworkError(
                .invalidRequest, "the address cannot be used: \(reason)", at: text,
                remedy: "Write it like wss://api.upbit.com/websocket/v1 or http://127.0.0.1:8000/path.")
        }
        guard text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw refuse("it holds blanks, control or non-ASCII characters")
        }
        guard let mark = text.firstIndex(of: ":"), text[mark...].hasPrefix("://"),
            let scheme = Scheme(rawValue: text[..<mark].lowercased())
        else { throw refuse("it must begin with ws://, wss://, http:// or https://") }
        let rest = text[text.index(mark, offsetBy: 3)...]
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        guard !authority.contains("@") else { throw refuse("a user name or password stands in it") }
        var host = authority
        var port = scheme.defaultPort
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            host = authority[..<colon]
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else {
                throw refuse("the port is not a number from 1 to 65535")
            }
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains("["), !host.contains("]") else {
            throw refuse("it names no host")
        }
        let target = rest[authorityEnd...].prefix { $0 != "#" }
        self.scheme = scheme
        self.host = String(host)
        self.port = port
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// What stands in the Host header.
    package var authority: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return port == scheme.defaultPort ? shown : "\(shown):\(port)"
    }

    /// Without the query, which may hold secrets.
    package var description: String {
        "\(scheme.rawValue)://\(authority)\(target.prefix { $0 != "?" })"
    }
}
