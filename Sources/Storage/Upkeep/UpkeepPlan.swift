/// What is due now, in the order in which it is to be done, and what is due but must wait.
package struct UpkeepPlan: Hashable, Sendable {
    package struct Held: Hashable, Sendable {
        package var table: String
        package var chunk: ChunkFacts
        package var reason: String

        package init(table: String, chunk: ChunkFacts, reason: String) {
            self.table = table
            self.chunk = chunk
            self.reason = reason
        }
    }

    package var actions: [UpkeepAction]
    /// Old enough to be dropped, and still needed.
    package var held: [Held]
    /// Steps beyond the bound of one run; the next run finds them due again.
    package var postponedCount: Int

    package init(actions: [UpkeepAction] = [], held: [Held] = [], postponedCount: Int = 0) {
        self.actions = actions
        self.held = held
        self.postponedCount = postponedCount
    }
}
