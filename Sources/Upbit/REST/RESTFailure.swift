/// Turns an answer that is no success into an error: quotation errors with a number for a name, exchange
/// errors with a word, plain texts and pages of proxies.
package enum RESTFailure {
    /// What of a body that is not JSON is shown.
    package static let previewCharactersMax = 160

    /// Nil for a success (2xx). `retryAfter` is the header's text.
    package static func error(
        status: Int, retryAfter: String?, body: UnsafeRawBufferPointer, target: String
    ) -> UpbitError? {
        guard !(200..<300).contains(status) else { return nil }
        let refusal = refusal(in: body)
        let text = refusal?.message ?? preview(body)
        let seconds = retryAfter.flatMap { Int64($0.filter { $0 != " " }) }.flatMap { $0 >= 0 ? $0 : nil }
        let place = "\(target), status \(status)"
        switch status {
        case 429:
            return UpbitError(
                .tooManyRequests(retryAfterSeconds: seconds), "the exchange's rate limit was hit: \(text)",
                place: place,
                remedy: "Requests of this group pause; find out who else uses this address.")
        case 418:
            let told = seconds ?? self.seconds(in: text)
            return UpbitError(
                .banned(seconds: told), "the exchange has blocked this address: \(text)", place: place,
                remedy: "All requests pause\(told.map { " for \($0) s" } ?? "").")
        default:
            let name = refusal?.name ?? ""
            return UpbitError(
                .refused(status: status, name: name), "the exchange refused a request: \(text)", place: place,
                remedy: remedy(status))
        }
    }

    private static func remedy(_ status: Int) -> String? {
        switch status {
        case 400: "Check the request's parameters."
        case 404: "Check that the market exists: one unknown market fails a whole list."
        case 500...: "The exchange has a problem or is in maintenance; try again later."
        default: nil
        }
    }

    private static func refusal(in body: UnsafeRawBufferPointer) -> RefusalMessage? {
        guard let base = body.baseAddress else { return nil }
        var scanner = JSONScanner(base, from: 0, to: body.count)
        scanner.skipWhitespace()
        do throws(JSONFault) {
            try scanner.openObject()
            let refusal = try ServiceReader.refusal(&scanner)
            try scanner.finish()
            return refusal
        } catch {
            return nil
        }
    }

    /// The beginning of a body, on one line.
    private static func preview(_ body: UnsafeRawBufferPointer) -> String {
        guard !body.isEmpty else { return "(no text)" }
        let start = UnsafeRawBufferPointer(rebasing: body.prefix(previewCharactersMax * 4))
        let text = String(decoding: start, as: UTF8.self)
            .map { $0.isNewline || $0 == "\t" || $0 < " " ? " " : $0 }
        let words = String(text).split(separator: " ").joined(separator: " ")
        return words.count > previewCharactersMax ? words.prefix(previewCharactersMax) + "…" : words
    }

    /// How long a text says that a block lasts. Its layout is not documented: the first number before a
    /// unit of time counts.
    static func seconds(in text: String) -> Int64? {
        let characters = Array(text.lowercased())
        var at = 0
        while at < characters.count {
            guard characters[at].isASCII, characters[at].isNumber else {
                at += 1
                continue
            }
            let start = at
            while at < characters.count, characters[at].isASCII, characters[at].isNumber { at += 1 }
            guard let number = Int64(String(characters[start..<at])) else { continue }
            let rest = String(characters[at...].drop { $0 == " " }.prefix(4))
            for (unit, factor) in [
                ("초", 1), ("분", 60), ("시간", 3_600), ("min", 60), ("hour", 3_600), ("s", 1),
            ]
            where rest.hasPrefix(unit) {
                let (seconds, overflow) = number.multipliedReportingOverflow(by: Int64(factor))
                return overflow ? nil : seconds
            }
        }
        return nil
    }
}
