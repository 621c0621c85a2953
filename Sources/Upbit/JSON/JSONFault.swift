import Market

/// Why bytes were refused. Trivial, so that refusing a message costs no allocation.
package enum JSONFault: UInt8, Error, CaseIterable, Hashable, Sendable {
    case truncated
    case syntax
    case badString
    case badEscape
    case badUTF8
    case badNumber
    case notExact
    case outOfRange
    case tooDeep
    case tooLong
    case trailingBytes
    case wrongType
    case badValue
    case duplicateField
    case missingField
    case unknownType
    case tooManyLevels

    init(_ fault: NumberFault) {
        switch fault {
        case .malformed: self = .badNumber
        case .notExact: self = .notExact
        case .outOfRange: self = .outOfRange
        }
    }

    var text: String {
        switch self {
        case .truncated: "the message ends too early"
        case .syntax: "the message is not JSON"
        case .badString: "a string holds a control character"
        case .badEscape: "a string holds an escape that JSON does not know"
        case .badUTF8: "a string is not UTF-8"
        case .badNumber: "a number is not JSON"
        case .notExact: "a number has more decimals than are held exactly"
        case .outOfRange: "a number is too large"
        case .tooDeep: "the message is nested deeper than \(JSONScanner.nestingMax) levels"
        case .tooLong: "a text or a list is longer than is accepted"
        case .trailingBytes: "something follows the message"
        case .wrongType: "a field has another JSON type than documented"
        case .badValue: "a field has a value that is not documented"
        case .duplicateField: "a field stands twice in an object"
        case .missingField: "a field that must be there is absent"
        case .unknownType: "the message is of no type that was asked for"
        case .tooManyLevels: "the order book has more than \(BookSide.levelsMax) levels"
        }
    }
}
