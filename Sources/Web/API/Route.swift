import Network

/// An address of the API: what it takes, what it answers, and how. Requests are checked against it, and
/// `/openapi.json` is made of it.
package struct Route: Sendable {
    package typealias Answer = @Sendable (Arguments) async throws -> HTTPResponse

    package let path: String
    /// One line.
    package let summary: String
    package let parameters: [Parameter]
    /// The schema of a good answer's JSON; nil for an answer that is none.
    package let schema: JSONValue?
    package let contentType: String
    /// Statuses beside 200 and the general ones, with their meaning.
    package let statuses: [Int: String]
    /// How long one answer serves all who ask the same.
    package let sharedMilliseconds: Int64
    package let answer: Answer

    package init(
        _ path: String, _ summary: String, _ parameters: [Parameter] = [], schema: JSONValue?,
        contentType: String = "application/json", statuses: [Int: String] = [:],
        sharedMilliseconds: Int64 = 0, _ answer: @escaping Answer
    ) {
        self.path = path
        self.summary = summary
        self.parameters = parameters
        self.schema = schema
        self.contentType = contentType
        self.statuses = statuses
        self.sharedMilliseconds = sharedMilliseconds
        self.answer = answer
    }
}
