/// Takes secrets out of text before it is shown: the values it was told, the password inside any URL, and
/// what follows `password=`, `token:`, `Bearer` and their like.
///
/// It rather hides too much than too little; a hidden part reads `***`.
package struct SecretRedactor: Sendable {
    package static let mark = "***"
    /// Shorter values are not searched for: hiding every "a" would hide nothing and spoil everything.
    package static let secretBytesMin = 4

    private static let keyWords: [[UInt8]] = [
        "password", "passwd", "passphrase", "pgpassword", "pwd", "secret", "token", "api_key", "apikey",
        "access_key", "secret_key", "authorization",
    ].map { Array($0.utf8) }

    private var secrets: [[UInt8]] = []

    package init(secrets: [String] = []) {
        for secret in secrets { add(secret) }
    }

    /// From now on this value is hidden wherever it stands, also percent-encoded as in a URL.
    package mutating func add(_ secret: String) {
        for form in [Array(secret.utf8), Self.percentEncoded(secret)] {
            guard form.count >= Self.secretBytesMin, !secrets.contains(form) else { continue }
            secrets.append(form)
        }
        // Longest first, so that a secret that begins with another is hidden whole.
        secrets.sort { $0.count > $1.count }
    }

    package func redacted(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var hidden: [Range<Int>] = []
        hideKnown(in: bytes, &hidden)
        Self.hidePasswordsInURLs(in: bytes, &hidden)
        Self.hideNamedValues(in: bytes, &hidden)
        Self.hideBearer(in: bytes, &hidden)
        guard !hidden.isEmpty else { return text }
        return Self.replace(hidden, in: bytes)
    }

    /// Whether a value under this name is secret whatever it looks like: `password`, `telegram_token`.
    package static func isSecretName(_ name: String) -> Bool {
        let name = lowercased(Array(name.utf8))
        return keyWords.contains { name.ends(with: $0) }
    }

    private func hideKnown(in bytes: [UInt8], _ hidden: inout [Range<Int>]) {
        for secret in secrets where secret.count <= bytes.count {
            var start = 0
            while start <= bytes.count - secret.count {
                if bytes[start] == secret[0], bytes[start..<(start + secret.count)].elementsEqual(secret) {
                    hidden.append(start..<(start + secret.count))
                    start += secret.count
                } else {
                    start += 1
                }
            }
        }
    }

    /// `scheme://user:password@host`: from the colon to the last `@` before the path.
    private static func hidePasswordsInURLs(in bytes: [UInt8], _ hidden: inout [Range<Int>]) {
        var index = 0
        while index + 2 < bytes.count {
            guard bytes[index] == UInt8(ascii: ":"), bytes[index + 1] == UInt8(ascii: "/"),
                bytes[index + 2] == UInt8(ascii: "/")
            else {
                index += 1
                continue
            }
            let begin = index + 3
            // A careless password may hold "/", so an @ anywhere in the word ends it.
            let end = bytes[begin...].firstIndex { isBlank($0) || isQuote($0) } ?? bytes.count
            if let at = bytes[begin..<end].lastIndex(of: UInt8(ascii: "@")),
                let colon = bytes[begin..<at].firstIndex(of: UInt8(ascii: ":"))
            {
                hidden.append((colon + 1)..<at)
            }
            index = max(end, begin)
        }
    }

    /// `password=…`, `"api_key": "…"`, `secret: …`: up to a blank, a quote, or a separator.
    private static func hideNamedValues(in bytes: [UInt8], _ hidden: inout [Range<Int>]) {
        let lower = lowercased(bytes)
        for word in keyWords where word.count < lower.count {
            var start = 0
            while start < lower.count - word.count {
                guard lower[start] == word[0], lower[start..<(start + word.count)].elementsEqual(word) else {
                    start += 1
                    continue
                }
                if let value = valueRange(after: start + word.count, in: bytes) { hidden.append(value) }
                start += word.count
            }
        }
    }

    /// The value after `=` or `:`, when one stands there.
    private static func valueRange(after end: Int, in bytes: [UInt8]) -> Range<Int>? {
        var index = end
        func skip(_ condition: (UInt8) -> Bool) {
            while index < bytes.count, condition(bytes[index]) { index += 1 }
        }
        skip { isQuote($0) }
        skip { $0 == UInt8(ascii: " ") }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "=") || bytes[index] == UInt8(ascii: ":")
        else { return nil }
        index += 1
        skip { $0 == UInt8(ascii: " ") }
        let quote = index < bytes.count && isQuote(bytes[index]) ? bytes[index] : nil
        if quote != nil { index += 1 }
        let begin = index
        if let quote {
            skip { $0 != quote }
        } else {
            skip { !isBlank($0) && !isQuote($0) && !isSeparator($0) }
        }
        return index > begin ? begin..<index : nil
    }

    /// `Bearer …` and `Basic …`, as in an Authorization header.
    private static func hideBearer(in bytes: [UInt8], _ hidden: inout [Range<Int>]) {
        let lower = lowercased(bytes)
        for word in [Array("bearer ".utf8), Array("basic ".utf8)] where word.count < lower.count {
            for start in 0..<(lower.count - word.count)
            where lower[start] == word[0] && lower[start..<(start + word.count)].elementsEqual(word) {
                let begin = start + word.count
                let end = bytes[begin...].firstIndex { isBlank($0) || isQuote($0) } ?? bytes.count
                // "a bearer of news" is no token; tokens are long.
                if end - begin >= 8 { hidden.append(begin..<end) }
            }
        }
    }

    private static func replace(_ hidden: [Range<Int>], in bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        var index = 0
        for range in hidden.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            if range.lowerBound >= index {
                result += bytes[index..<range.lowerBound]
                result += Array(mark.utf8)
            }
            index = max(index, range.upperBound)
        }
        result += bytes[index...]
        return String(decoding: result, as: UTF8.self)
    }

    private static func percentEncoded(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return result
    }

    private static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 }

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "&")
            || byte == UInt8(ascii: "}") || byte == UInt8(ascii: ")")
    }
}

extension [UInt8] {
    fileprivate func ends(with tail: [UInt8]) -> Bool {
        count >= tail.count && suffix(tail.count).elementsEqual(tail)
    }
}
