import Diagnostics

/// Bytes that are not what the exchange says, or an answer that is a refusal.
package struct UpbitError: ExplainedError, Equatable {
    package enum Code: Hashable, Sendable {
        /// A message or an answer was not understood.
        case undecodable(JSONFault)
        /// The exchange refused a request (REST, status 4xx or 5xx but 429 and 418).
        case refused(status: Int, name: String)
        /// Status 429.
        case tooManyRequests(retryAfterSeconds: Int64?)
        /// Status 418: the address is stopped.
        case banned(seconds: Int64?)
        /// A request that the exchange would not understand.
        case badRequest
        /// No such profile.
        case unknownProfile
    }

    package let code: Code
    package let what: String
    package let place: String?
    package let remedy: String?
    /// Where in the bytes, for what was not understood.
    package let offset: Int?

    package init(
        _ code: Code, _ what: String, place: String? = nil, remedy: String? = nil, offset: Int? = nil
    ) {
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
        self.offset = offset
    }

    init(_ fault: JSONFault, offset: Int, field: String?) {
        let place = field.map { "byte \(offset), field \($0)" } ?? "byte \(offset)"
        self.init(.undecodable(fault), fault.text, place: place, offset: offset)
    }
}
