/// Performs calls. A test or another driver may stand in its place.
package protocol HTTPCalling: Sendable {
    /// Throws for what keeps an answer from coming; any answer, a 429 too, is returned. Cancellation of
    /// the task ends the call.
    func perform(_ call: HTTPCall) async throws(NetworkError) -> HTTPAnswer
}
