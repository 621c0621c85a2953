/// How to connect to the private server.
package struct ClusterAddress: Sendable, Equatable {
    /// The way to the server: the socket for programs on this machine that can use one, loopback TCP for
    /// those that cannot (Grafana's container, JDBC).
    package enum Way: Sendable {
        case socket
        case tcp
    }

    package let socketFolder: String
    package let port: Int
    package let passwords: ClusterPasswords
    package let passwordFile: String
    package static let database = Bootstrap.database
    package static let tcpHost = "127.0.0.1"

    package init(socketFolder: String, port: Int, passwords: ClusterPasswords, passwordFile: String) {
        self.socketFolder = socketFolder
        self.port = port
        self.passwords = passwords
        self.passwordFile = passwordFile
    }

    /// A URL with the role's password, for libpq and everything that takes PostgreSQL's URLs.
    package func url(_ role: ClusterRole, by way: Way = .socket) -> String {
        let secret = passwords[role].map { ":" + $0 } ?? ""
        switch way {
        case .socket:
            let host = Self.percentEncoded(socketFolder)
            return "postgresql://\(role.loginName)\(secret)@/\(Self.database)?host=\(host)&port=\(port)"
        case .tcp:
            return "postgresql://\(role.loginName)\(secret)@\(Self.tcpHost):\(port)/\(Self.database)"
        }
    }

    /// What stays as it is in a URL's query: letters, digits, `-._~`, and the path's slashes.
    static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
