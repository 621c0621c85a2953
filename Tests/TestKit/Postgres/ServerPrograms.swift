import Foundation

/// Where PostgreSQL's programs are on this machine.
package enum ServerPrograms {
    /// The folder of YEOUL_TEST_POSTGRES_BIN, else of the newest server installed.
    package static func find() throws -> String {
        if let folder = ProcessInfo.processInfo.environment["YEOUL_TEST_POSTGRES_BIN"], !folder.isEmpty {
            return folder
        }
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap { Int($0) }.sorted().last {
            FileManager.default.isExecutableFile(atPath: "\(root)/\($0)/bin/initdb")
        }
        guard let newest else {
            throw ScratchError(text: "no PostgreSQL server in \(root): install postgresql")
        }
        return "\(root)/\(newest)/bin"
    }

    /// Whether the server has a loadable library of this name.
    package static func hasLibrary(_ name: String, beside programs: String) -> Bool {
        let above = URL(fileURLWithPath: programs).deletingLastPathComponent().path
        return ["\(above)/lib/\(name).so", "\(above)/lib/postgresql/\(name).so"].contains {
            FileManager.default.fileExists(atPath: $0)
        }
    }
}

/// Why a scratch server did not come up.
package struct ScratchError: Error, CustomStringConvertible {
    let text: String
    package var description: String { text }
}
