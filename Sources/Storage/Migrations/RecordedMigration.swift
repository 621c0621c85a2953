/// A migration as the database remembers it.
package struct RecordedMigration: Sendable, Equatable {
    package enum State: String, Sendable {
        /// It was begun outside a transaction and has not ended.
        case running
        case applied
        /// It is for another engine.
        case skipped
    }

    package var number: Int
    package var name: String
    package var state: State
    package var checksum: String

    package init(number: Int, name: String, state: State, checksum: String) {
        self.number = number
        self.name = name
        self.state = state
        self.checksum = checksum
    }
}
