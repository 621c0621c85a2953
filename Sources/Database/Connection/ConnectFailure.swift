import CPostgres

/// Turns libpq's account of a failed connection into an error that says what to do.
enum ConnectFailure {
    static func timeout(_ options: ConnectionOptions) -> DatabaseError {
        DatabaseError(
            .timeout, "no connection to the database within \(options.connectLimit)", place: options.place,
            remedy: "Check that the address is a PostgreSQL server and that nothing between drops packets")
    }

    static func error(_ link: Link) -> DatabaseError {
        let text = link.lastMessage
        let server = serverMessage(in: text)
        return DatabaseError(
            .connectionFailed, "cannot connect to the database: \(server?.described ?? text)",
            place: link.place, remedy: server?.sqlState.remedy ?? remedy(for: text), server: server)
    }

    /// Finds `FATAL:  28P01: message` in libpq's verbose text.
    static func serverMessage(in text: String) -> ServerMessage? {
        for severity in ["FATAL", "ERROR", "PANIC"] {
            // The first word may be translated by the server; the code after it is not.
            guard let range = text.firstRange(of: severity + ":  ") else { continue }
            let rest = text[range.upperBound...]
            let state = rest.prefix(5)
            let isState = state.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            guard state.count == 5, isState, rest.dropFirst(5).hasPrefix(": ") else { continue }
            var message = rest.dropFirst(7)
            if let location = message.firstRange(of: "; LOCATION:") {
                message = message[..<location.lowerBound]
            }
            return ServerMessage(
                severity: severity, sqlState: SQLState(rawValue: String(state)), message: String(message))
        }
        return nil
    }

    private static func remedy(for text: String) -> String {
        for (part, remedy) in remedies where text.contains(part) { return remedy }
        return "Check host, port and that the server runs"
    }

    /// What libpq and OpenSSL say (never translated: we set no locale), and what helps.
    private static let remedies: [(String, String)] = [
        (
            "does not match host name",
            "The server's certificate is for another name: connect by that name, or have a certificate "
                + "made for this one"
        ),
        (
            "certificate verify failed",
            "The server's certificate is not signed by the authority in sslrootcert: point sslrootcert at "
                + "the right file, and make sure that nobody stands in between"
        ),
        (
            "root certificate file",
            "Point sslrootcert at the certificate of the authority that signed the server's"
        ),
        (
            "server does not support SSL",
            "Switch TLS on in the server (ssl = on), or use sslmode=disable on a trusted network"
        ),
        (
            "no password supplied",
            "Give the password in the URL, in PGPASSWORD, or in ~/.pgpass"
        ),
        (
            "could not translate host name",
            "Check the host's spelling and the name server"
        ),
        (
            "Connection refused",
            "Start the server, or correct host and port"
        ),
        (
            "No such file or directory",
            "Start the server, or correct the socket's folder and the port"
        ),
        (
            "Permission denied",
            "Use an account that may open the socket's folder"
        ),
    ]
}

extension ServerMessage {
    fileprivate var described: String { "\(message) [\(sqlState)]" }
}
