import Database

/// Whether a pooler stands between us and the server where a session is needed.
struct PoolerCheck: DoctorCheck {
    let name = "pooler"

    func findings(_ patient: Patient) async throws -> [Finding] {
        var findings: [Finding] = []
        let direct = try await Connection.connect(patient.directOptions)
        defer { try? direct.close() }
        if try await PoolerProbe.path(of: direct) == .transactionPooler {
            findings.append(
                error(
                    "a transaction pooler answers at \(direct.place), where leases, LISTEN and migrations need a session",
                    remedy: "Set database.direct_url to the PostgreSQL server itself, past the pooler."))
        }
        let path = try await PoolerProbe.path(of: patient.connection)
        switch path {
        case .direct: findings.append(ok("no pooler in between"))
        case .sessionPooler: findings.append(ok("a session pooler at \(patient.connection.place)"))
        case .transactionPooler:
            findings.append(note("a transaction pooler at \(patient.connection.place); that is fine there"))
        }
        return findings
    }
}
