import Configuration
import Diagnostics

/// An error as it stands on standard error: what happened, where, what to do.
package enum ErrorReport {
    /// Free of secrets and of control characters: errors quote what strangers sent.
    package static func text(_ error: any Error, colours: Bool) -> String {
        if let error = error as? ConfigurationError, error.mistakes.count > 1 {
            var text = error.mistakes.map { block($0.what, $0.place, $0.remedy, colours) }.joined()
            if error.omitted > 0 { text += "and \(error.omitted) more mistakes\n" }
            return text
        }
        if let error = error as? any ExplainedError {
            return block(error.what, error.place, error.remedy, colours)
        }
        return block("\(error)", nil, nil, colours)
    }

    private static func block(_ what: String, _ place: String?, _ remedy: String?, _ colours: Bool) -> String
    {
        let start = colours ? "\u{1B}[31m" : ""
        let end = colours ? "\u{1B}[0m" : ""
        var text = "\(start)error:\(end) \(clean(what))\n"
        if let place, !place.isEmpty { text += "   at: \(clean(place))\n" }
        if let remedy, !remedy.isEmpty { text += "   do: \(clean(remedy))\n" }
        return text
    }

    private static func clean(_ text: String) -> String {
        ControlCharacters.escaped(SecretRedactor().redacted(text), keepingLineBreaks: true)
    }
}
