/// What a setting's text may be.
package enum SettingKind: Sendable, Equatable {
    case text
    case boolean
    case integer(ClosedRange<Int>)
    /// In milliseconds.
    case duration(ClosedRange<Int>)
    case bytes(ClosedRange<Int>)
    case choice([String])
    case textList
    /// A folder or file; made absolute, `~/` being the home folder.
    case path
    case url(schemes: [String])
    case secret

    /// As the reference names it.
    package var name: String {
        switch self {
        case .text: "text"
        case .boolean: "true or false"
        case .integer(let range): "number, \(range.lowerBound) to \(range.upperBound)"
        case .duration(let range):
            "duration, \(SettingUnits.duration(range.lowerBound)) to \(SettingUnits.duration(range.upperBound))"
        case .bytes(let range):
            "size, \(SettingUnits.bytes(range.lowerBound)) to \(SettingUnits.bytes(range.upperBound))"
        case .choice(let names): names.joined(separator: ", ")
        case .textList: "list of texts"
        case .path: "path"
        case .url(let schemes): schemes.map { "\($0)://…" }.joined(separator: " or ")
        case .secret: "secret"
        }
    }
}
