import Database
import Foundation
import Market

/// Room on the disks, and how fast it goes.
struct DiskCheck: DoctorCheck {
    static let freeBytesMin = 2 << 30
    /// Warned about when the disk is full in fewer days.
    static let daysMin = 14.0

    let name = "disk"

    func findings(_ patient: Patient) async throws -> [Finding] {
        let measured = try await measuredBytesPerDay(patient.connection)
        let estimate = GrowthEstimate(profile: patient.profile, marketsCount: patient.marketsCount ?? 200)
        let growth = measured ?? estimate.bytesPerDay
        let size: Int64 = try await patient.connection.query("SELECT pg_database_size(current_database())")
            .single().value(0)
        var findings = [
            ok(
                "the database has \(Self.text(Double(size))); it grows by \(Self.text(growth)) a day "
                    + (measured == nil ? "(projected for \(estimate.marketsCount) markets)" : "(measured)")),
            ok(
                "the profile \(patient.profile.name) settles at \(Self.text(estimate.steadyBytes)) (projected)"
            ),
        ]
        if let folder = try await serverFolder(patient) {
            findings += room("the database's disk", folder, growth)
        } else {
            findings.append(note("the server is elsewhere: its disk cannot be seen from here"))
        }
        findings += room("the archive's disk", patient.archive.path, 0)
        return findings
    }

    private func room(_ what: String, _ path: String, _ growth: Double) -> [Finding] {
        var path = path
        // The archive's folder is made when it is first needed.
        while !FileManager.default.fileExists(atPath: path), path.count > 1 {
            path = URL(fileURLWithPath: path).deletingLastPathComponent().path
        }
        guard let free = ArchiveFolder(path: path).freeBytes() else {
            return [note("\(what) cannot be seen from here (\(path))")]
        }
        let text = "\(what) has \(Self.text(Double(free))) left"
        let days = growth > 0 ? Double(free) / growth : .infinity
        if free < Self.freeBytesMin {
            return [error(text, remedy: "Make room now, or keep less: storage.retention.")]
        }
        if days < Self.daysMin {
            let remedy = "Make room, or keep less: storage.retention (small, default, year, forever)."
            return [warning("\(text), enough for \(Int(days)) days", remedy: remedy)]
        }
        return [ok(text)]
    }

    /// Only the owner of the server may see it, and it is of use only on the same machine.
    private func serverFolder(_ patient: Patient) async throws -> String? {
        let row = try await patient.connection.query(
            "SELECT inet_client_addr() IS NULL OR inet_client_addr() <<= inet '127.0.0.0/8' AS is_local, "
                + "(SELECT setting FROM pg_settings WHERE name = 'data_directory') AS folder"
        ).single()
        guard try row.value("is_local"), let folder = try row.optional("folder", as: String.self),
            FileManager.default.fileExists(atPath: folder)
        else { return nil }
        return folder
    }

    /// The bytes of yesterday's chunks that are a day long; nil before there is a whole day.
    private func measuredBytesPerDay(_ connection: Connection) async throws -> Double? {
        let now = try await Upkeep.time(nil, connection)
        guard try await InstanceRecord.read(connection) != nil else { return nil }
        let facts = try await CatalogReader(connection).read(now: now)
        let day = now.adding(seconds: -2 * 86_400)..<now.adding(seconds: -86_400)
        var bytes = 0.0
        for table in facts.timeTables.values {
            for chunk in table.chunks where chunk.attachment == .attached && chunk.range.overlaps(day) {
                let length = Double(chunk.range.upperBound.microseconds(since: chunk.range.lowerBound))
                let shared = min(chunk.range.upperBound, day.upperBound).microseconds(
                    since: max(chunk.range.lowerBound, day.lowerBound))
                let name = try quotedIdentifier(chunk.schema, chunk.name)
                let size: Int64 = try await connection.query(
                    "SELECT coalesce(pg_total_relation_size(to_regclass($1)), 0)", [.text(name)]
                ).single().value(0)
                bytes += Double(size) * Double(shared) / length
            }
        }
        // Less than this is empty partitions.
        return bytes < 16_000_000 ? nil : bytes
    }

    static func text(_ bytes: Double) -> String {
        for (unit, size) in [("TB", 1e12), ("GB", 1e9), ("MB", 1e6)] where bytes >= size {
            return "\((bytes / size * 10).rounded() / 10) \(unit)"
        }
        return "\(Int(bytes / 1_000)) kB"
    }
}
