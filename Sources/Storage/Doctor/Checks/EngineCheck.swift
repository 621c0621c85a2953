import Database

/// The storage engine, and TimescaleDB where it is used.
struct EngineCheck: DoctorCheck {
    let name = "engine"

    func findings(_ patient: Patient) async throws -> [Finding] {
        let facts = try await EngineFacts.read(patient.connection)
        guard let record = try await InstanceRecord.read(patient.connection) else {
            let decision = try EngineProbe.choose(.automatic, facts)
            return [note("the database is empty; it would get the engine \(decision.name.rawValue)")]
        }
        let decision = try EngineProbe.confirm(
            record.engine, hasContinuousAggregates: record.hasContinuousAggregates, choice: .automatic, facts)
        let version = facts.installed.map { ", TimescaleDB \($0)" } ?? ""
        var findings = [ok("\(record.engine.rawValue)\(record.engine == .timescale ? version : "")")]
        findings += decision.notes.map { note($0) }
        if let installed = facts.installed, let available = facts.available, installed < available,
            record.engine == .timescale
        {
            findings.append(
                warning(
                    "the server has TimescaleDB \(available), the database uses \(installed)",
                    remedy: "Run yeoul db migrate: it updates the extension."))
        }
        return findings
    }
}
