import Network

/// ETags: a caller that has the newest answer is told so instead of being sent it again.
enum EntityTag {
    /// Weak, since the same answer travels compressed or not.
    static func of(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "W/\"\(String(hash, radix: 36))-\(String(bytes.count, radix: 36))\""
    }

    /// Puts the tag on a good answer, and replaces it by 304 when the caller has it.
    static func apply(to response: inout HTTPResponse, _ request: HTTPRequest) {
        guard response.status == 200 else { return }
        let tag = response.headers["ETag"] ?? of(response.body)
        response.headers.set("ETag", tag)
        response.headers.set("Cache-Control", "no-cache")
        let known = request.headers.all("If-None-Match").flatMap { $0.split(separator: ",") }
        let isKnown = known.contains { entry in
            let text = entry.drop { $0 == " " }
            return text == tag || text == tag.dropFirst(2) || text == "*"
        }
        guard isKnown else { return }
        response.status = 304
        response.body = []
    }
}
