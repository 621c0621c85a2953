import Configuration
import Database
import Diagnostics
import Foundation
import Market
import Storage

/// `yeoul doctor`
struct DoctorVerb: Verb {
    let name = "doctor"
    let summary = "Examine configuration, database, disk and clock, and say what to do"
    let details = "Exit code 0 when there is no error, 1 when there is one. Warnings do not change it."
    let examples = [
        Example("yeoul doctor", "everything"), Example("yeoul doctor --json", "for a program"),
    ]
    let options = [
        OptionDeclaration.json,
        OptionDeclaration(
            "markets", .integer(1...10_000), "Project the growth for so many markets; 200 unless given"),
    ]

    func run(_ invocation: Invocation) async throws {
        let report = await examine(invocation)
        try invocation.output.line(invocation.wantsJSON ? try report.json() : report.text)
        if report.hasErrors {
            let count = report.count(.error)
            throw ProgramError(
                "the doctor found \(count == 1 ? "an error" : "\(count) errors")",
                remedy: "Each says what to do about it.")
        }
    }

    /// A configuration or a server that is out of order is a finding, not an end.
    private func examine(_ invocation: Invocation) async -> DoctorReport {
        var report = DoctorReport()
        do {
            let configuration = try invocation.configuration()
            report.findings.append(
                Finding(.ok, "configuration", "sound; data folder \(configuration.data.folder)"))
            report.findings += try await OwnerDatabase.with(configuration) { database in
                try await findings(database, configuration, invocation)
            }
        } catch let error as any ExplainedError {
            let check = error is ConfigurationError ? "configuration" : "server"
            report.findings.append(
                Finding(.error, check, error.what, place: error.place, remedy: error.remedy ?? "Correct it."))
        } catch {
            report.findings.append(Finding(.error, "server", "\(error)", remedy: "Run yeoul doctor again."))
        }
        return report
    }

    private func findings(
        _ database: OwnerDatabase, _ configuration: Configuration, _ invocation: Invocation
    ) async throws -> [Finding] {
        let connection = try await Connection.connect(database.options)
        defer { try? connection.close() }
        let wanted = DatabaseSchema.instance(configuration.exchange.profile, folderID: "")
        let record = try await InstanceRecord.read(connection)
        var findings: [Finding] = []
        if let found = record?.instance,
            found.exchange != wanted.exchange || found.isSimulated != wanted.isSimulated
        {
            findings.append(
                Finding(
                    .note, "configuration",
                    "the database holds \(Self.text(found)), a capture with these settings would bring "
                        + "\(Self.text(wanted)) and is refused",
                    place: "exchange.profile",
                    remedy: "Nothing, to look; for a capture give each exchange a database of its own."))
        }
        let patient = Patient(
            connection: connection, options: database.options, directOptions: database.directOptions,
            instance: record?.instance ?? wanted,
            profile: try RetentionProfiles.named(configuration.storage.retention.rawValue),
            archive: OwnerDatabase.archive(configuration), marketsCount: invocation.integer("markets"),
            now: { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) })
        return findings + (await Doctor().examine(patient)).findings
    }

    private static func text(_ instance: Instance) -> String {
        "\(instance.isSimulated ? "simulated" : "real") data of \(instance.exchange)"
    }
}
