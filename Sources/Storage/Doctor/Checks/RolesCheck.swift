import Database

/// The roles with least privilege, and whether ours is more than it needs.
struct RolesCheck: DoctorCheck {
    static let roles = ["yeoul_ingest", "yeoul_trader", "yeoul_reader"]

    let name = "roles"

    func findings(_ patient: Patient) async throws -> [Finding] {
        let rows = try await patient.connection.query(
            "SELECT rolname::text AS name, rolsuper AS is_super FROM pg_roles WHERE rolname = ANY($1)",
            [.textArray(Self.roles)])
        var findings: [Finding] = []
        let present = try rows.map { try $0.value("name", as: String.self) }
        for role in Self.roles where !present.contains(role) {
            findings.append(
                warning(
                    "the role \(role) is missing",
                    remedy: "As an administrator run CREATE ROLE \(role) LOGIN, then yeoul db migrate."))
        }
        for row in rows where try row.value("is_super") {
            let role: String = try row.value("name")
            findings.append(
                error("\(role) is a superuser", remedy: "Run ALTER ROLE \(role) NOSUPERUSER."))
        }
        return findings.isEmpty ? [ok("\(present.sorted().joined(separator: ", "))")] : findings
    }
}
