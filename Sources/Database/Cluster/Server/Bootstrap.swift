/// The statements that PostgreSQL's single-user mode runs: in a new cluster before it has its name, and
/// when the file with the passwords was lost. One a line, as that mode reads them.
///
/// Utility statements take no parameters. What is pasted here are our own role names, and passwords whose
/// alphabet is letters and digits (`ClusterPasswords` accepts no others).
struct Bootstrap {
    static let database = "yeoul"
    /// A reader that holds a snapshot for longer bloats every hot row (docs/operations.md).
    static let readerStatementMilliseconds = 60_000
    static let idleInTransactionMilliseconds = 60_000

    var passwords: ClusterPasswords

    /// Roles with their passwords; also right for roles that exist.
    var roles: [String] {
        var lines = ["SET password_encryption = 'scram-sha-256';"]
        for role in ClusterRole.allCases {
            guard let password = passwords[role] else { continue }
            let name = role.loginName
            if role != .owner {
                lines.append(
                    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '\(name)') "
                        + "THEN CREATE ROLE \(name); END IF; END $$;")
            }
            lines.append("ALTER ROLE \(name) LOGIN PASSWORD '\(password)';")
        }
        return lines
    }

    /// The database and what each role may and must do in it.
    private var database: [String] {
        let name = Self.database
        return [
            "CREATE DATABASE \(name) OWNER \(ClusterRole.owner.loginName);",
            "REVOKE ALL ON DATABASE \(name) FROM PUBLIC;",
            "GRANT CONNECT, TEMPORARY ON DATABASE \(name) TO yeoul_ingest, yeoul_trader;",
            "GRANT CONNECT ON DATABASE \(name) TO yeoul_reader;",
            "ALTER ROLE yeoul_reader SET default_transaction_read_only = on;",
            "ALTER ROLE yeoul_reader SET statement_timeout = \(Self.readerStatementMilliseconds);",
            "ALTER ROLE yeoul_reader SET idle_in_transaction_session_timeout = \(Self.idleInTransactionMilliseconds);",
            "ALTER ROLE yeoul_trader SET idle_in_transaction_session_timeout = \(Self.idleInTransactionMilliseconds);",
        ]
    }

    /// For a new cluster.
    var creation: String { (roles + database).map { $0 + "\n" }.joined() }

    /// For a cluster whose passwords were lost.
    var reset: String { roles.map { $0 + "\n" }.joined() }
}
