import Database
import Market

/// A value in the query of an address: what it may be, and how OpenAPI says so.
package struct Parameter: Sendable {
    package enum Kind: Sendable {
        case symbol
        /// Several, with commas between.
        case symbols(countMax: Int)
        case timeframe
        case time
        case integer(ClosedRange<Int>)
        case boolean
        case choice([String])
        /// Several of them, with commas between.
        case choices([String])
    }

    package let name: String
    package let kind: Kind
    package let isRequired: Bool
    /// As it would be written; nil: absent.
    package let standard: String?
    package let meaning: String

    package init(
        _ name: String, _ kind: Kind, isRequired: Bool = false, standard: String? = nil, _ meaning: String
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.standard = standard
        self.meaning = meaning
    }

    /// Times from 2009 on: earlier ones are a mistake of units.
    static let timeRange =
        Instant(
            microseconds: 1_230_768_000_000_000)..<Instant(
            microseconds: 4_102_444_800_000_000)

    func parse(_ text: String) throws(WebError) -> DatabaseValue {
        switch kind {
        case .symbol:
            return .text(try symbol(text).description)
        case .symbols(let countMax):
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            guard parts.count <= countMax else {
                throw refusal("names \(parts.count) markets", "Name at most \(countMax).")
            }
            var symbols: [String] = []
            for part in parts {
                let symbol = try symbol(String(part)).description
                if !symbols.contains(symbol) { symbols.append(symbol) }
            }
            return .textArray(symbols)
        case .timeframe:
            return .text(try choice(text, Timeframe.allCases.map(\.rawValue)))
        case .time:
            return .timestamp(microseconds: try time(text).microseconds)
        case .integer(let range):
            // Only digits: Int() would take a plus sign, which is a blank in a query.
            guard text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let value = Int(text), range.contains(value)
            else {
                throw refusal(
                    "is \(shown(text))",
                    "Write a whole number from \(range.lowerBound) to \(range.upperBound).")
            }
            return .int64(Int64(value))
        case .boolean:
            return .bool(try choice(text, ["true", "false"]) == "true")
        case .choice(let names):
            return .text(try choice(text, names))
        case .choices(let names):
            var chosen: [String] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let name = try choice(String(part), names)
                if !chosen.contains(name) { chosen.append(name) }
            }
            return .textArray(chosen)
        }
    }

    private func symbol(_ text: String) throws(WebError) -> Symbol {
        guard let symbol = try? Symbol(text) else {
            throw refusal(
                "is \(shown(text))", "Write a market code such as KRW-BTC; /api/markets lists them.")
        }
        return symbol
    }

    private func time(_ text: String) throws(WebError) -> Instant {
        let instant: Instant? =
            if !text.isEmpty, text.utf8.count <= 11, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
                Int64(text).flatMap { Instant(seconds: $0) }
            } else {
                try? Instant(text)
            }
        guard let instant, Self.timeRange.contains(instant) else {
            throw refusal(
                "is \(shown(text))",
                "Write a time from 2009 to 2099: ISO 8601 such as 2026-03-11T14:40:00Z, or Unix seconds.")
        }
        return instant
    }

    private func choice(_ text: String, _ names: [String]) throws(WebError) -> String {
        guard names.contains(text) else {
            throw refusal("is \(shown(text))", "Allowed: \(names.joined(separator: ", ")).")
        }
        return text
    }

    private func refusal(_ fault: String, _ remedy: String) -> WebError {
        .parameter(name, "\(name) \(fault)", remedy: remedy)
    }

    private func shown(_ text: String) -> String {
        text.isEmpty ? "empty" : "\"\(text.prefix(60))\""
    }

    // MARK: OpenAPI

    var schema: JSONValue {
        switch kind {
        case .symbol:
            return ["type": "string", "pattern": .text(Self.symbolPattern), "example": "KRW-BTC"]
        case .symbols(let countMax):
            return [
                "type": "array", "items": ["type": "string", "pattern": .text(Self.symbolPattern)],
                "minItems": 1, "maxItems": .integer(countMax),
            ]
        case .timeframe:
            return ["type": "string", "enum": .array(Timeframe.allCases.map { .text($0.rawValue) })]
        case .time:
            return [
                "anyOf": [
                    ["type": "string", "pattern": .text(Self.timePattern)],
                    ["type": "integer", "minimum": 1_230_768_000, "maximum": 4_102_444_799],
                ],
                "example": "2026-03-11T14:40:00Z",
            ]
        case .integer(let range):
            var members: [(String, JSONValue)] = [
                ("type", "integer"), ("minimum", .integer(range.lowerBound)),
                ("maximum", .integer(range.upperBound)),
            ]
            if let standard, let value = Int(standard) { members.append(("default", .integer(value))) }
            return .object(members)
        case .boolean:
            return ["type": "boolean", "default": .boolean(standard == "true")]
        case .choice(let names):
            return ["type": "string", "enum": .array(names.map { .text($0) })]
        case .choices(let names):
            return [
                "type": "array", "items": ["type": "string", "enum": .array(names.map { .text($0) })],
                "minItems": 1, "maxItems": .integer(names.count),
            ]
        }
    }

    var isList: Bool {
        switch kind {
        case .symbols, .choices: true
        default: false
        }
    }

    static let symbolPattern = "^[A-Z0-9]{1,11}-[A-Z0-9]{1,12}$"
    /// Days to the 28th only, so that each text that fits is a date; others that are dates are taken too.
    private static let timePattern =
        "^20[1-8][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
        + "(\\.[0-9]{1,6})?Z$"
}
