import Foundation

/// An authority of its own for each run of an exchange with TLS, and a certificate for loopback that it
/// has signed. They live in a temporary folder until they are removed.
final class CertificateAuthority: Sendable {
    private let folder: String
    var authorityFile: String { folder + "/ca.pem" }
    var certificateFile: String { folder + "/server.pem" }
    var keyFile: String { folder + "/server.key" }

    private static let days = "30"

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("yeoul-exchange-\(UUID().uuidString.prefix(8))")
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ExchangeError(
                .fileSystem, "no folder can be made for the certificate", at: url.path,
                remedy: "Make room in the temporary folder, or name another in TMPDIR.")
        }
        folder = url.path
        do {
            try make()
        } catch {
            try? FileManager.default.removeItem(at: url)
            throw error
        }
    }

    deinit { remove() }

    /// Deletes the folder; the files have been read by then.
    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    private func make() throws {
        let extensions = folder + "/server.ext"
        let text = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n"
        try text.write(toFile: extensions, atomically: true, encoding: .utf8)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try openssl(
            ["req", "-x509"] + key + [
                "-keyout", folder + "/ca.key", "-out", authorityFile, "-days", Self.days, "-subj",
                "/CN=Yeoul built-in exchange",
            ])
        try openssl(
            ["req"] + key + [
                "-keyout", keyFile, "-out", folder + "/server.csr", "-subj", "/CN=localhost",
            ])
        try openssl([
            "x509", "-req", "-in", folder + "/server.csr", "-CA", authorityFile, "-CAkey",
            folder + "/ca.key", "-CAcreateserial", "-out", certificateFile, "-days", Self.days, "-extfile",
            extensions,
        ])
        // Nobody signs with it again.
        try FileManager.default.removeItem(atPath: folder + "/ca.key")
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ExchangeError(
                .cannotServe, "no certificate can be made: `openssl \(arguments[0])` failed",
                remedy: "Install the Debian package openssl, or start the exchange without --tls.")
        }
    }
}
