import Database
import TestKit
import Testing

/// TLS as libpq has it, against a server whose certificate an authority of our own signed.
@Suite struct TlsTests {
    /// A certificate for `localhost`, signed by `ca.crt`; `other.crt` is another authority's.
    private static let makeCertificates = """
        for name in ca other; do
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \\
                -subj "/CN=$name" -keyout $name.key -out $name.crt
        done
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost \\
            -keyout server.key -out server.csr
        printf 'subjectAltName = DNS:localhost' >extensions
        openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \\
            -extfile extensions -out server.crt
        test -s server.crt
        """

    private func start() async throws -> ScratchServer {
        try await ScratchServer.start(
            settings: ["ssl = on", "ssl_cert_file = '../server.crt'", "ssl_key_file = '../server.key'"],
            prepare: Self.makeCertificates)
    }

    private func options(
        _ server: ScratchServer, host: String = "localhost", mode: String = "verify-full",
        authority: String = "ca"
    ) throws -> ConnectionOptions {
        try server.tcpOptions().setting("host", to: host).setting("hostaddr", to: "127.0.0.1")
            .setting("sslmode", to: mode).setting("sslrootcert", to: "\(server.folder)/\(authority).crt")
    }

    private func refusal(_ options: ConnectionOptions) async -> DatabaseError? {
        do {
            try await Connection.connect(options).close()
            return nil
        } catch {
            return error
        }
    }

    @Test func onlyTheRightCertificateIsAccepted() async throws {
        let server = try await start()
        let connection = try await Connection.connect(options(server))
        let isTls = try await connection.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            .single()
        #expect(try isTls.value(0, as: Bool.self))

        let wrongAuthority = await refusal(try options(server, authority: "other"))
        #expect(wrongAuthority?.code == .connectionFailed)
        #expect(wrongAuthority?.remedy?.contains("not signed by the authority in sslrootcert") == true)

        let wrongHost = await refusal(try options(server, host: "db.example.com"))
        #expect(wrongHost?.code == .connectionFailed)
        #expect(wrongHost?.remedy?.contains("is for another name") == true)

        let noAuthority = await refusal(try options(server, authority: "missing"))
        #expect(noAuthority?.remedy?.contains("Point sslrootcert") == true)

        // The server is wanted with TLS and has none.
        let shared = try await ScratchServer.shared()
        let plain = await refusal(try options(shared, mode: "require"))
        #expect(plain?.remedy?.contains("ssl = on") == true)
        try await longAnswers(over: connection)
    }

    /// Answers larger than a TLS record, both ways, with nothing left waiting inside the library.
    private func longAnswers(over connection: Connection) async throws {
        for size in [1, 8_191, 16_384, 16_385, 100_000, 1_000_000] {
            let row = try await connection.query(
                "SELECT $1 || repeat('x', $2)",
                [.text(String(repeating: "y", count: size)), .int32(Int32(size))],
                within: .seconds(5)
            ).single()
            #expect(try row.value(0, as: String.self).utf8.count == 2 * size)
        }
        try await connection.execute("CREATE TEMPORARY TABLE t (a int8)")
        let written = try await connection.copyIn(CopyTable(table: "t", columns: ["a"])) { copy in
            for number in Int64(0)..<200_000 {
                copy.row.beginRow()
                copy.row.writeInt64(number)
                try await copy.flushIfFull()
            }
        }
        #expect(written == 200_000)
        let sum = try await connection.copyOut("COPY t TO STDOUT (FORMAT binary)") { reader in
            var sum: Int64 = 0
            while let row = try await reader.nextRow() { sum += try row.value(0, as: Int64.self) }
            return sum
        }
        #expect(sum == 199_999 * 100_000)
    }
}
