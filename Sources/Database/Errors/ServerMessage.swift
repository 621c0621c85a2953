import CPostgres

/// The fields of an error or notice as the server sent them.
package struct ServerMessage: Sendable, Equatable {
    package var severity: String
    package var sqlState: SQLState
    package var message: String
    package var detail: String?
    package var hint: String?
    package var context: String?
    package var schema: String?
    package var table: String?
    package var column: String?
    package var constraint: String?
    /// Where in the statement, in characters from 1.
    package var position: Int?

    package init(severity: String, sqlState: SQLState, message: String) {
        self.severity = severity
        self.sqlState = sqlState
        self.message = message
    }

    /// Reads the fields of a result; nil when the result carries no server message.
    init?(result: OpaquePointer) {
        func field(_ letter: Unicode.Scalar) -> String? {
            guard let text = PQresultErrorField(result, Int32(letter.value)) else { return nil }
            return String(cString: text)
        }
        guard let sqlState = field("C"), let message = field("M") else { return nil }
        // "V" is the severity that is never translated.
        self.init(
            severity: field("V") ?? field("S") ?? "ERROR", sqlState: SQLState(rawValue: sqlState),
            message: message)
        detail = field("D")
        hint = field("H")
        context = field("W")
        schema = field("s")
        table = field("t")
        column = field("c")
        constraint = field("n")
        position = field("P").flatMap { Int($0) }
    }
}
