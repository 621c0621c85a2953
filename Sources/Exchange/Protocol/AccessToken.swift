/// What stands in an `Authorization` header. There are no accounts yet, so a token is judged by its shape:
/// `Bearer` and three parts in base64url, of which the second is JSON with `access_key` and `nonce`.
struct AccessToken: Sendable, Equatable {
    /// Longer headers are no tokens.
    static let bytesMax = 4_096

    let accessKey: String

    /// Nil for what is no token.
    init?(header: String) {
        let words = header.split(separator: " ", omittingEmptySubsequences: false)
        guard header.utf8.count <= Self.bytesMax, words.count == 2, words[0].lowercased() == "bearer" else {
            return nil
        }
        let parts = words[1].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Self.decoded(parts[0]), let payload = Self.decoded(parts[1]),
            let signature = Self.decoded(parts[2]), !signature.isEmpty, JSONValue(head)?.object != nil,
            let members = JSONValue(payload)?.object, let key = members["access_key"]?.string, !key.isEmpty,
            let nonce = members["nonce"]?.string, !nonce.isEmpty
        else { return nil }
        accessKey = key
    }

    /// Base64url without padding.
    private static func decoded(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text.utf8 {
            let value: UInt8
            switch byte {
            case 0x41...0x5A: value = byte - 0x41
            case 0x61...0x7A: value = byte - 0x61 + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case 0x2D: value = 62
            case 0x5F: value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        return bytes
    }
}
