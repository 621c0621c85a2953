/// Texts inside statements that take no parameters (COMMENT, ALTER TABLE … SET). Only our own words go here.
enum SQLText {
    /// As PostgreSQL's quote_literal, with standard_conforming_strings.
    static func literal(_ text: String) -> String {
        let doubled = text.replacing("'", with: "''")
        return text.contains("\\") ? " E'\(doubled.replacing("\\", with: "\\\\"))'" : "'\(doubled)'"
    }
}
