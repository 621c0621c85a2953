/// The passwords of the private server's roles.
///
/// They are kept in the format of libpq's password files, so that `psql` can read them by itself.
package struct ClusterPasswords: Sendable, Equatable {
    /// 32 letters and digits: 190 bits, and nothing that SQL, a URL or a password file would have to quote.
    static let length = 32
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

    private var byRole: [ClusterRole: String] = [:]

    package init() {}

    package subscript(role: ClusterRole) -> String? { byRole[role] }

    package var isComplete: Bool { ClusterRole.allCases.allSatisfy { byRole[$0] != nil } }

    package var all: [String] { ClusterRole.allCases.compactMap { byRole[$0] } }

    /// Gives a password to each role that has none.
    package mutating func complete(using generator: inout some RandomNumberGenerator) {
        for role in ClusterRole.allCases where byRole[role] == nil {
            byRole[role] = String(
                (0..<Self.length).map { _ in
                    Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &generator)]
                })
        }
    }

    /// The file's text: host, port, database, role and password a line.
    package var text: String {
        var text =
            "# Made by Yeoul. Passwords of the private server's roles; PGPASSFILE understands this file.\n"
        for role in ClusterRole.allCases {
            guard let password = byRole[role] else { continue }
            text += "*:*:*:\(role.loginName):\(password)\n"
        }
        return text
    }

    /// Reads what `text` wrote. A line that we would not write is passed over: its role then has no password,
    /// and gets a new one at the next start.
    package init(text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 5, parts[4].count == Self.length,
                parts[4].allSatisfy(Self.alphabet.contains),
                let role = ClusterRole.allCases.first(where: { $0.loginName == parts[3] })
            else { continue }
            byRole[role] = String(parts[4])
        }
    }

    /// `text` with every password taken out, for what a program printed.
    package func redact(_ text: String) -> String {
        var text = text
        for password in byRole.values {
            while let range = text.firstRange(of: password) { text.replaceSubrange(range, with: "…") }
        }
        return text
    }
}
