import Glibc

/// One line on a terminal that is drawn over and over, at most once a second. Elsewhere there is none.
struct TerminalLine {
    static let everyMilliseconds: Int64 = 1_000
    /// Taken where the terminal does not tell its width.
    private static let columnsStandard = 80

    private let output: Output
    private var drawnAt: Int64?
    private(set) var isDrawn = false

    init(_ output: Output) { self.output = output }

    /// Leaves the cursor at the line's beginning, so that an entry of the log takes the line's place.
    mutating func draw(_ text: String, now: Int64) throws {
        guard output.isTerminal, drawnAt.map({ now - $0 >= Self.everyMilliseconds }) ?? true else { return }
        drawnAt = now
        isDrawn = true
        try output.write(
            "\r\u{1B}[K" + Self.cut(text, columns: output.columns ?? Self.columnsStandard) + "\r")
    }

    /// What comes next stands below.
    mutating func end() throws {
        if isDrawn { try output.line() }
        isDrawn = false
    }

    /// A line that wraps could not be drawn over. Our words are narrow: a character is a column.
    static func cut(_ text: String, columns: Int) -> String {
        text.count < columns ? text : String(text.prefix(max(0, columns - 2))) + "…"
    }
}
