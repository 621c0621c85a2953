/// What libyaml found next, copied out of its memory.
struct YAMLEvent {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case scalar(YAMLScalar)
        case mappingStart
        case mappingEnd
        case sequenceStart
        case sequenceEnd
        case alias(String)
    }

    let kind: Kind
    let position: YAMLPosition
    /// `&name` before the node.
    var anchor: String?
    /// `!tag` before the node.
    var tag: String?
}
