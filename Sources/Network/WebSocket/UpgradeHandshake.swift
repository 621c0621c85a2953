import COpenSSL

/// The words of the opening handshake (RFC 6455 §4). Pure but for the random key.
package enum UpgradeHandshake {
    /// The headers that we write ourselves; a caller may not.
    private static let reserved: Set<String> = [
        "host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version",
        "sec-websocket-extensions", "sec-websocket-accept", "content-length", "transfer-encoding",
    ]

    static func freshKey() -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        for index in bytes.indices { bytes[index] = UInt8.random(in: .min ... .max) }
        return base64(bytes)
    }

    /// What the server must answer to `key`.
    package static func accept(for key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        SHA1(text, text.count, &digest)
        return base64(digest)
    }

    static func request(
        to address: Address, headers: HTTPHeaders, key: String, offersCompression: Bool
    ) throws(NetworkError) -> [UInt8] {
        for field in headers.fields {
            let name = field.name.lowercased()
            if name == "origin" {
                throw NetworkError(
                    .invalidRequest, "an Origin header was given", at: "\(address)",
                    remedy: "Leave it out: the exchange allows one call in ten seconds with it.")
            }
            guard !reserved.contains(name) else {
                throw NetworkError(
                    .invalidRequest, "the header \(field.name) cannot be set", at: "\(address)",
                    remedy: "Leave it out: it is written by the handshake.")
            }
        }
        guard headers.isSendable else {
            throw NetworkError(
                .invalidRequest, "a header holds a line break or a control character", at: "\(address)",
                remedy: "Check the key or token that stands in it.")
        }
        var text = "GET \(address.target) HTTP/1.1\r\nHost: \(address.authority)\r\n"
        text += "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        text += "Sec-WebSocket-Key: \(key)\r\nSec-WebSocket-Version: 13\r\n"
        if offersCompression { text += "Sec-WebSocket-Extensions: \(DeflateAgreement.offer)\r\n" }
        for field in headers.fields { text += "\(field.name): \(field.value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// Whether the server's answer opens the connection, and with which compression.
    static func check(
        _ head: HTTPHead, key: String, offeredCompression: Bool
    ) throws(NetworkError) -> DeflateAgreement? {
        let parts = head.startLine.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else {
            throw NetworkError(
                .upgradeRefused, "the peer does not answer in HTTP",
                remedy: "Check the host and the port: something else listens there.")
        }
        guard status == 101 else {
            throw NetworkError(
                .upgradeRefused, "the server refused the WebSocket with HTTP status \(status)",
                remedy: remedy(for: status), httpStatus: status)
        }
        guard head.headers.contains("Upgrade", word: "websocket"),
            head.headers.contains("Connection", word: "upgrade"),
            head.headers["Sec-WebSocket-Accept"] == accept(for: key)
        else {
            throw NetworkError(
                .upgradeRefused, "the server's answer does not belong to our handshake",
                remedy: "A proxy in between may be answering; connect without it.")
        }
        guard head.headers["Sec-WebSocket-Protocol"] == nil else {
            throw NetworkError(
                .upgradeRefused, "the server chose a subprotocol that was not offered",
                remedy: "Check the address: this is another kind of WebSocket.")
        }
        let agreement = try DeflateAgreement.agreed(inAnswer: head.headers.all("Sec-WebSocket-Extensions"))
        guard agreement == nil || offeredCompression else {
            throw NetworkError(
                .upgradeRefused, "the server compresses although that was not offered",
                remedy: "Switch compression on for this server.")
        }
        return agreement
    }

    private static func remedy(for status: Int) -> String {
        switch status {
        case 401, 403: return "Check the keys and this machine's address in the exchange's list."
        case 404: return "Check the path of the address."
        case 418, 429: return "Too many calls: wait, and open fewer connections a second."
        case 300...399: return "Connect to the address that the server names."
        case 500...: return "The server has a problem of its own; try again later."
        default: return "Check the address."
        }
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for offset in 0..<3 {
                bits = bits << 8 | (offset < part.count ? UInt32(part[start + offset]) : 0)
            }
            for position in 0..<4 {
                let index = Int(bits >> UInt32(18 - 6 * position)) & 63
                output.append(position <= part.count ? alphabet[index] : UInt8(ascii: "="))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
