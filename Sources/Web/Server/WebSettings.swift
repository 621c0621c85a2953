import Diagnostics

/// How the server of pages and API is to be.
package struct WebSettings: Sendable, Equatable {
    /// A numeric address.
    package var host = "127.0.0.1"
    package var port: UInt16 = 8_000
    /// Whoever has it may read from elsewhere; nil: this machine only.
    package var token: String?
    /// A folder with files that replace or complete the page's; nil: none.
    package var folder: String?
    /// Open connections, streams included.
    package var connectionsMax = 500
    /// What stands in `/openapi.json` and in the metrics.
    package var version = "0"
    package var commit = "unknown"

    /// Shorter tokens could be guessed.
    package static let tokenBytesMin = 16

    package init() {}

    /// Refuses what would be open to strangers.
    package func check() throws(WebError) {
        if let token {
            guard token.utf8.count >= Self.tokenBytesMin,
                token.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
            else {
                throw WebError(
                    .unprotected, "the token is too short, or has blanks or foreign letters",
                    place: "web.token",
                    remedy: "Take at least \(Self.tokenBytesMin) letters and digits: openssl rand -hex 24")
            }
            return
        }
        guard Self.isLoopback(host) else {
            throw WebError(
                .unprotected, "anyone who reaches \(host) could read, and no token is set",
                place: "web.host",
                remedy: "Set web.token (openssl rand -hex 24), or listen at 127.0.0.1")
        }
    }

    package static func isLoopback(_ host: String) -> Bool {
        if host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
