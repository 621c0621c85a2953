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

    /// Foundation's Process fails in a process with more than 1,024 descriptors, as this suite's is at times.
    private func openssl(_ arguments: String...) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var words: [UnsafeMutablePointer<CChar>?] = (["openssl"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        var status: Int32 = -1
        guard posix_spawn(&process, "/usr/bin/openssl", &actions, nil, &words, environ) == 0,
            waitpid(process, &status, 0) == process, status == 0
        else {
            throw CocoaError(.featureUnsupported, userInfo: ["arguments": arguments.joined(separator: " ")])
        }
    }
}
