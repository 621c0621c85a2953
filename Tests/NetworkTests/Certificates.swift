import Foundation
import TestKit

/// Certificates of a scratch authority, made with the openssl command.
struct Certificates: Sendable {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(named: "yeoul-certificates")
        try makeAuthority("authority")
        try makeAuthority("stranger")
        try make("good", names: "DNS:localhost,IP:127.0.0.1", days: 30)
        try make("elsewhere", names: "DNS:elsewhere.example", days: 30)
        // The validity ends before it begins by now.
        try make("expired", names: "DNS:localhost,IP:127.0.0.1", days: -1)
    }

    var authority: String { folder.path(of: "authority.pem") }
    var stranger: String { folder.path(of: "stranger.pem") }
    func certificate(_ name: String) -> String { folder.path(of: "\(name).pem") }
    func key(_ name: String) -> String { folder.path(of: "\(name).key") }

    private func makeAuthority(_ name: String) throws {
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
            key(name), "-out", certificate(name), "-subj", "/CN=\(name)", "-days", "30")
    }

    private func make(_ name: String, names: String, days: Int) throws {
        let request = folder.path(of: "\(name).csr")
        let extensions = try folder.write("subjectAltName=\(names)\n", to: "\(name).ext")
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
            key(name), "-out", request, "-subj", "/CN=\(name)")
        try openssl(
            "x509", "-req", "-in", request, "-CA", authority, "-CAkey", key("authority"), "-CAcreateserial",
            "-out", certificate(name), "-days", "\(days)", "-extfile", extensions)
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CocoaError(.featureUnsupported, userInfo: ["arguments": arguments.joined(separator: " ")])
        }
    }
}
