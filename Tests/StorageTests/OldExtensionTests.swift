import Database
import Foundation
import Storage
import TestKit
import Testing

/// A server whose TimescaleDB is old. There is only one version to be had here, so a copy of the server's
/// files gets the same library once more under another number.
@Suite struct OldExtensionTests {
    /// The copy of the server, and what its extension is.
    private struct OldServer {
        static let oldVersion = "2.17.2"

        let folder: TemporaryFolder
        let server: ScratchServer
        let version: String
        private let controlFile: String

        private static let script = """
            set -e
            # The server finds its files from its program, when that lies as it was built.
            mkdir -p "$1$2" "$1$3"
            cp -a "$2/." "$1$2"
            cp -a "$3/." "$1$3"
            cd "$1$2/lib"
            for name in timescaledb timescaledb-tsl; do
                LC_ALL=C sed "s/$4/$5/g" "$name-$4.so" >"$name-$5.so"
            done
            cd "$1$3/extension"
            sed "s/$4/$5/g" "timescaledb--$4.sql" >"timescaledb--$5.sql"
            # What it takes from the one number to the other: the functions' library.
            echo "UPDATE pg_catalog.pg_proc SET probin = replace(probin, '-$5', '-$4') WHERE probin LIKE '%timescaledb-$5';" \\
                >"timescaledb--$5--$4.sql"
            sed -i "s/$4/$5/g" timescaledb.control
            """

        init() async throws {
            let programs = try ServerPrograms.find()
            let home = URL(fileURLWithPath: programs).deletingLastPathComponent()
            let share = "/usr/share/postgresql/\(home.lastPathComponent)"
            let libraries = try FileManager.default.contentsOfDirectory(atPath: home.path + "/lib")
            let library = try #require(
                libraries.first { $0.hasPrefix("timescaledb-") && !$0.contains("tsl") })
            version = String(library.dropFirst("timescaledb-".count).dropLast(".so".count))
            // The number stands in the library's text, so another must be as long.
            try #require(version.utf8.count == Self.oldVersion.utf8.count)
            folder = try TemporaryFolder(named: "old")
            controlFile = folder.path + share + "/extension/timescaledb.control"
            let made = try await YeoulProgram.run(
                "/bin/sh",
                [
                    "-c", Self.script, "sh", folder.path, home.path, share, version,
                    Self.oldVersion,
                ],
                environment: ["PATH": "/usr/bin:/bin"])
            try #require(made.status == 0, "\(made.errors)")
            server = try await ScratchServer.start(
                programs: folder.path + programs)
        }

        /// What the server's files offer from now on, as after an upgrade of its package.
        func offerNewVersion() throws {
            let text = try String(contentsOfFile: controlFile, encoding: .utf8)
            try text.replacing(Self.oldVersion, with: version)
                .write(toFile: controlFile, atomically: true, encoding: .utf8)
        }
    }

    /// Debian's layout is what can be copied.
    private static let canCopy =
        TestEngines.hasTimescale && (try? ServerPrograms.find())?.hasPrefix("/usr/lib/postgresql/") == true

    @Test(.enabled(if: canCopy, "needs TimescaleDB in Debian's layout"))
    func belowTheFloorIsRefusedAndUpdatedAsSoonAsTheServersLibraryIsNewer() async throws {
        let old = try await OldServer()
        let options = try old.server.options()
        let connection = try await Connection.connect(options)
        try await connection.execute("CREATE EXTENSION timescaledb")
        let before = try await EngineFacts.read(connection)
        #expect(before.installed == ExtensionVersion(2, 17, 2) && before.available == before.installed)
        for choice in [EngineChoice.automatic, .timescale] {
            let migrator = Migrator(
                options, instance: TestDatabase.instance, engine: choice, program: "test",
                set: try .embedded())
            let error = await #expect(throws: StorageError.self) { try await migrator.migrate() }
            #expect(error?.what.contains("2.17.2 is older than 2.17.3") == true)
            #expect(error?.remedy?.hasPrefix("Update the extension on the server") == true)
        }
        let untouched = try await connection.lines("SELECT to_regnamespace('ops') IS NULL")
        #expect(untouched == ["(t)"])
        try connection.close()

        try old.offerNewVersion()
        let migrator = Migrator(
            options, instance: TestDatabase.instance, program: "test", set: try .embedded())
        #expect(try await migrator.migrate().engine.name == .timescale)
        let facts = try await EngineFacts.read(try await Connection.connect(options))
        #expect(facts.installed?.description == old.version)
        #expect(try await migrator.status().isCurrent)
    }
}
