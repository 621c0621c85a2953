/// How the exchange writes its messages. It belongs to the connection, not to a request.
package enum WireFormat: String, CaseIterable, Hashable, Sendable {
    /// One object a frame, long names.
    case full = "DEFAULT"
    /// One object a frame, short names.
    case simple = "SIMPLE"
    /// A list of objects a frame, long names.
    case fullList = "JSON_LIST"
    /// A list of objects a frame, short names.
    case simpleList = "SIMPLE_LIST"

    package var isList: Bool { self == .fullList || self == .simpleList }
    package var isSimple: Bool { self == .simple || self == .simpleList }
}
