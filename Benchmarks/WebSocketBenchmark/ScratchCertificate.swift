import Foundation

/// A certificate for 127.0.0.1 that lives as long as this value, made with the openssl command.
final class ScratchCertificate: Sendable {
    let folder: String
    var file: String { folder + "/certificate.pem" }
    var key: String { folder + "/key.pem" }

    init() throws {
        folder = NSTemporaryDirectory() + "yeoul-benchmark-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            "/CN=benchmark", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout", key, "-out",
            file,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }
}
