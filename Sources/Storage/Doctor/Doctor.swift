import Diagnostics

/// Runs the checks, each by itself: one that fails does not keep the others from looking.
package struct Doctor: Sendable {
    package static let checks: [any DoctorCheck] = [
        ServerCheck(), EngineCheck(), PoolerCheck(), RolesCheck(), MigrationsCheck(), PartitionsCheck(),
        PoliciesCheck(), DiskCheck(), ClockCheck(), SnapshotCheck(),
    ]
    /// A check may take so long; then that is its finding.
    static let checkLimit: Duration = .seconds(60)

    private let checks: [any DoctorCheck]

    package init(checks: [any DoctorCheck] = Doctor.checks) {
        self.checks = checks
    }

    package func examine(_ patient: Patient) async -> DoctorReport {
        var report = DoctorReport()
        for check in checks {
            do {
                report.findings += try await check.findings(patient)
            } catch let error as any ExplainedError {
                report.findings.append(
                    Finding(
                        .error, check.name, "cannot be examined: \(error.what)", place: error.place,
                        remedy: error.remedy ?? "See the error, then run the doctor again."))
            } catch {
                report.findings.append(
                    Finding(
                        .error, check.name, "cannot be examined: \(error)", remedy: "Run the doctor again."))
            }
        }
        return report
    }
}
