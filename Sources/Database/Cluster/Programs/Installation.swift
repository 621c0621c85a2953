/// One installed PostgreSQL server.
package struct Installation: Sendable, Equatable {
    /// The folder of `initdb` and `postgres`.
    package let programs: String
    package let major: Int
    /// "15.20".
    package let version: String
    /// Whether its library and share folders hold the extensions that we preload.
    package let hasTimescale: Bool
    package let hasStatementStatistics: Bool

    package init(
        programs: String, major: Int, version: String, hasTimescale: Bool, hasStatementStatistics: Bool
    ) {
        self.programs = programs
        self.major = major
        self.version = version
        self.hasTimescale = hasTimescale
        self.hasStatementStatistics = hasStatementStatistics
    }

    /// The major versions that Yeoul is tested with.
    package static let supportedMajors = 15...18

    /// What a cluster of ours is made with, beside its folder. Explicit to the last: initdb would otherwise
    /// take encoding and locale from the environment.
    var creationArguments: [String] {
        // "reject": nobody connects before our own pg_hba.conf and the passwords are in place.
        let common = [
            "-U", ClusterRole.owner.loginName, "--auth=reject", "--data-checksums", "--encoding=UTF8",
            "--no-instructions",
        ]
        return common
            + (major >= 17
                // Sorts by code point like C.UTF-8, without depending on the system library's version.
                ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
                : ["--locale-provider=libc", "--locale=C.UTF-8"])
    }

    func program(_ name: String) -> String { programs + "/" + name }

    /// Reads "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", also "… 18beta1".
    package static func version(from output: String) -> (major: Int, version: String)? {
        guard let marker = output.firstRange(of: "(PostgreSQL) ") else { return nil }
        let version = output[marker.upperBound...].prefix { !$0.isWhitespace }
        guard let major = Int(version.prefix { $0.isNumber }) else { return nil }
        return (major, String(version))
    }
}
