import Diagnostics
import Foundation

/// The files `status/ROLE.json` in the data folder, by which the roles of a host tell of themselves.
package struct RoleStatusFolder: Sendable {
    /// A larger file is no status of ours.
    package static let fileBytesMax = 1_048_576
    /// Files read; the folder holds one a role.
    package static let filesMax = 64

    package let path: String

    package init(dataFolder: String) {
        path = dataFolder + "/status"
    }

    /// Replaces the role's file; a reader sees the old one or the new one, never a part.
    package func write(_ status: RoleStatus) throws(OperationsError) {
        let name = Self.fileName(status.role)
        let temporary = "\(path)/.\(name).\(getpid())"
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            // JSON has no word for what is not a number.
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
            let data = try encoder.encode(status)
            guard data.count <= Self.fileBytesMax else {
                throw OperationsError(
                    .statusFile, "the role \(status.role) publishes \(data.count) bytes", place: path,
                    remedy: "At most \(Self.fileBytesMax) are taken: publish fewer samples")
            }
            try data.write(to: URL(fileURLWithPath: temporary))
        } catch let error as OperationsError {
            throw error
        } catch {
            unlink(temporary)
            throw OperationsError(
                .statusFile, "the status file cannot be written: \(error.localizedDescription)",
                place: "\(path)/\(name)", remedy: "Look at the rights and the free space of the data folder")
        }
        guard rename(temporary, "\(path)/\(name)") == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(temporary)
            throw OperationsError(
                .statusFile, "the status file cannot be put in place: \(reason)", place: "\(path)/\(name)",
                remedy: "Look at the rights of the data folder")
        }
    }

    /// What the roles said last, by name; a file that cannot be understood is left out.
    package func read() -> [RoleStatus] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.sorted().filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
            .prefix(Self.filesMax).compactMap(readFile)
    }

    private func readFile(_ name: String) -> RoleStatus? {
        guard let handle = FileHandle(forReadingAtPath: "\(path)/\(name)") else { return nil }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: Self.fileBytesMax + 1), data.count <= Self.fileBytesMax
        else { return nil }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        return try? decoder.decode(RoleStatus.self, from: data)
    }

    private static func fileName(_ role: String) -> String {
        String(role.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }) + ".json"
    }
}
