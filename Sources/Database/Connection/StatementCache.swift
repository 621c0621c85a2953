/// Which statements a session has prepared, under which names. The session forgets them when it ends, and
/// so does this, being a part of it.
package struct StatementCache: Sendable {
    /// What a session keeps; the server holds a plan for each. At the bound the one unused longest goes.
    package static let statementsMax = 128

    package struct Key: Hashable, Sendable {
        package var sql: String
        package var types: [PostgresType]

        package init(sql: String, types: [PostgresType]) {
            self.sql = sql
            self.types = types
        }
    }

    package enum Plan: Equatable {
        case ready(name: String)
        /// Prepare it under this name, after dropping another.
        case prepare(name: String, dropping: String?)
    }

    private struct Entry {
        var name: String
        var lastUse: Int
    }

    private var entries: [Key: Entry] = [:]
    private var uses = 0
    private var names = 0
    /// False once a statement had vanished: someone hands our transactions to different sessions.
    package private(set) var isEnabled = true

    package init() {}

    package var count: Int { entries.count }

    package mutating func plan(for key: Key) -> Plan {
        uses += 1
        if let entry = entries[key] {
            entries[key]?.lastUse = uses
            return .ready(name: entry.name)
        }
        names += 1
        var dropped: String?
        if entries.count >= Self.statementsMax,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            dropped = oldest.value.name
            entries[oldest.key] = nil
        }
        return .prepare(name: "yeoul_\(names)", dropping: dropped)
    }

    /// The server has it.
    package mutating func didPrepare(_ key: Key, name: String) {
        entries[key] = Entry(name: name, lastUse: uses)
    }

    package mutating func disable() {
        entries = [:]
        isEnabled = false
    }
}
