extension DatabaseError {
    /// The error for what the server answered to `sql`.
    init(server message: ServerMessage, sql: String, place: String) {
        var what = message.message
        if let detail = message.detail { what += ": \(detail)" }
        what += " [\(message.sqlState)]"
        self.init(
            .serverError, what, place: place + Self.where(message, in: sql),
            remedy: message.hint ?? message.sqlState.remedy, server: message)
    }

    /// What an interrupted operation ends with when the server did not say so itself.
    static func interrupted(_ place: String) -> DatabaseError {
        let message = ServerMessage(severity: "ERROR", sqlState: .queryCanceled, message: "interrupted")
        return DatabaseError(.serverError, message.message, place: place, server: message)
    }

    /// The line of the statement or the constraint that the server pointed at.
    private static func `where`(_ message: ServerMessage, in sql: String) -> String {
        if let position = message.position, position > 0 {
            let before = sql.unicodeScalars.prefix(position - 1)
            let line = before.count { $0 == "\n" } + 1
            let lines = sql.split(separator: "\n", omittingEmptySubsequences: false)
            guard line <= lines.count else { return "" }
            return ", line \(line) of the statement: \(excerpt(lines[line - 1]))"
        }
        if let constraint = message.constraint { return ", constraint \(constraint)" }
        if let table = message.table { return ", table \(table)" }
        return ""
    }

    private static let excerptCharactersMax = 120

    private static func excerpt(_ line: Substring) -> String {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        if trimmed.count <= excerptCharactersMax { return String(trimmed) }
        return trimmed.prefix(excerptCharactersMax) + " …"
    }
}
