import Market

/// A quotation request: a GET without a body.
package struct RESTRequest: Hashable, Sendable {
    /// What it counts against.
    package let group: RateGroup
    package let path: String
    package let query: [QueryItem]

    package struct QueryItem: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    init(_ group: RateGroup, _ path: String, _ query: [(String, String?)] = []) {
        self.group = group
        self.path = path
        self.query = query.compactMap { name, value in value.map { QueryItem(name: name, value: $0) } }
    }

    /// Path and query, values encoded: what stands in the request line behind the host.
    package var target: String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    /// Percent-encodes all but the unreserved characters: the exchange refuses a bare `:` or `+`.
    package static func encoded(_ value: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in value.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
