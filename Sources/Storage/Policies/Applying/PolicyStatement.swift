import Database

/// A statement that makes a change of policy.
package struct PolicyStatement: Equatable, Sendable {
    package var sql: String
    package var parameters: [DatabaseValue]

    package init(_ sql: String, _ parameters: [DatabaseValue] = []) {
        self.sql = sql
        self.parameters = parameters
    }
}
