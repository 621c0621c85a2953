import Database

/// The schema's version, what stands in the way of the next, and drift.
struct MigrationsCheck: DoctorCheck {
    /// Differences told one by one; the rest is counted.
    static let driftsToldMax = 10

    let name = "migrations"

    func findings(_ patient: Patient) async throws -> [Finding] {
        let migrator = Migrator(
            patient.directOptions, instance: patient.instance, program: "doctor",
            set: try MigrationSet.embedded())
        let status = try await migrator.status()
        guard let record = status.record else {
            return [error("the database has no schema of Yeoul", remedy: "Run yeoul db migrate.")]
        }
        var findings: [Finding] = []
        if let fault = status.fault {
            findings.append(error(fault.what, remedy: fault.remedy ?? "Run yeoul db status."))
        }
        let pending = status.entries.filter { $0.state == .pending || $0.state == .running }
        if let next = pending.first {
            findings.append(
                error(
                    "\(pending.count) migrations are not applied, the next is \(next.number) \(next.name)",
                    remedy: "Run yeoul db migrate."))
        }
        for drift in status.drifts.prefix(Self.driftsToldMax) {
            findings.append(
                warning(
                    "drift: \(drift)",
                    remedy: "Undo the change, or put it into a migration; yeoul db status shows all."))
        }
        if status.drifts.count > Self.driftsToldMax {
            findings.append(
                note("\(status.drifts.count - Self.driftsToldMax) more differences of the schema"))
        }
        findings += status.skippedSteps.map {
            warning("not done for lack of rights: \($0.step), \($0.reason)", remedy: $0.remedy)
        }
        return findings.isEmpty
            ? [ok("the schema is at version \(record.schemaVersion), without drift")] : findings
    }
}
