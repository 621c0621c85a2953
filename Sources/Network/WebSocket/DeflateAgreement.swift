/// What two peers agree on for permessage-deflate (RFC 7692 §7.1). Pure.
package struct DeflateAgreement: Equatable {
    package var serverKeepsContext = true
    package var clientKeepsContext = true
    package var serverWindowBits: Int32 = 15
    package var clientWindowBits: Int32 = 15

    package static let name = "permessage-deflate"
    /// What a client asks for.
    package static let offer = "permessage-deflate; client_max_window_bits"

    /// A client reads the server's answer: nil when there is no extension.
    package static func agreed(inAnswer values: [String]) throws(NetworkError) -> DeflateAgreement? {
        let entries = values.flatMap { split($0, at: ",") }
        guard let entry = entries.first else { return nil }
        guard entries.count == 1, let agreement = parse(entry, isOffer: false) else {
            throw NetworkError(
                .upgradeRefused, "the server chose an extension that was not offered: \(entry)",
                remedy: "Switch compression off for this server.")
        }
        return agreement
    }

    /// A server reads a client's offers and takes the first that it can fulfil.
    package static func accepted(fromOffers values: [String]) -> DeflateAgreement? {
        for entry in values.flatMap({ split($0, at: ",") }) {
            if let agreement = parse(entry, isOffer: true) { return agreement }
        }
        return nil
    }

    /// The server's answer.
    package var answer: String {
        var text = Self.name
        if !serverKeepsContext { text += "; server_no_context_takeover" }
        if !clientKeepsContext { text += "; client_no_context_takeover" }
        if serverWindowBits < 15 { text += "; server_max_window_bits=\(serverWindowBits)" }
        if clientWindowBits < 15 { text += "; client_max_window_bits=\(clientWindowBits)" }
        return text
    }

    private static func parse(_ entry: String, isOffer: Bool) -> DeflateAgreement? {
        let parts = split(entry, at: ";")
        guard parts.first == name else { return nil }
        var agreement = DeflateAgreement()
        var seen: Set<String> = []
        for part in parts.dropFirst() {
            let pair = split(part, at: "=")
            guard let key = pair.first, pair.count <= 2, seen.insert(key).inserted else { return nil }
            let value = pair.count == 2 ? pair[1] : nil
            switch (key, value) {
            case ("server_no_context_takeover", nil): agreement.serverKeepsContext = false
            case ("client_no_context_takeover", nil): agreement.clientKeepsContext = false
            case ("client_max_window_bits", nil) where isOffer: break
            case ("server_max_window_bits", let value?):
                guard let bits = windowBits(value) else { return nil }
                agreement.serverWindowBits = bits
            case ("client_max_window_bits", let value?):
                guard let bits = windowBits(value) else { return nil }
                // In an offer it only says what the client could do; any window fits it.
                if !isOffer { agreement.clientWindowBits = bits }
            default: return nil
            }
        }
        return agreement
    }

    /// 8 is allowed by the RFC, but zlib cannot write such a raw stream.
    private static func windowBits(_ text: String) -> Int32? {
        let bare = text.hasPrefix("\"") && text.hasSuffix("\"") ? String(text.dropFirst().dropLast()) : text
        guard let bits = Int32(bare), (9...15).contains(bits) else { return nil }
        return bits
    }

    private static func split(_ text: String, at separator: Character) -> [String] {
        text.split(separator: separator).map { HTTPHeaders.trimmed($0) }.filter { !$0.isEmpty }
    }
}
