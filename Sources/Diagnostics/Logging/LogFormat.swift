/// How log entries are written.
package enum LogFormat: String, Sendable, CaseIterable {
    /// Text on a terminal, JSON lines elsewhere.
    case auto
    /// One readable line an entry.
    case text
    /// One JSON object a line.
    case json
}
