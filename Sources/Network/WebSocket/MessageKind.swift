package enum MessageKind: UInt8, Sendable {
    case text = 1
    case binary = 2
}
