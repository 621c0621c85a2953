/// An error that a person can act on: what happened, where, and what to do next.
///
/// Every module has one error type that conforms; the command line prints the three parts and
/// turns the error's kind into an exit status.
package protocol ExplainedError: Error, CustomStringConvertible, Sendable {
    /// What happened, in one sentence without a full stop.
    var what: String { get }
    /// The file and line, table, address or flag that it happened at.
    var place: String? { get }
    /// What the reader can do about it.
    var remedy: String? { get }
}

extension ExplainedError {
    package var description: String {
        var text = what
        if let place { text += " (\(place))" }
        if let remedy { text += ". \(remedy)" }
        return text
    }
}
