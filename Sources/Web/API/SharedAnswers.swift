import Network

/// Lets all who ask the same at the same time share one answer, so that a hundred pages cost the database
/// what one costs. What is kept is bounded; at the bound everything is forgotten.
package actor SharedAnswers {
    package static let answersMax = 256

    private struct Kept {
        let task: Task<HTTPResponse, any Error>
        let until: Int64
    }

    private var kept: [String: Kept] = [:]

    package init() {}

    package func answer(
        _ key: String, milliseconds: Int64, _ make: @escaping @Sendable () async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let now = Monotonic.milliseconds()
        if let found = kept[key], found.until > now { return try await found.task.value }
        if kept.count >= Self.answersMax { kept = kept.filter { $0.value.until > now } }
        if kept.count >= Self.answersMax { kept = [:] }
        let task = Task { try await make() }
        kept[key] = Kept(task: task, until: now + milliseconds)
        do {
            return try await task.value
        } catch {
            // A failure is not kept: the next one tries again.
            kept[key] = nil
            throw error
        }
    }
}
