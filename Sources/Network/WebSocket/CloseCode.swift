/// The numbers of RFC 6455 §7.4 that we send.
package enum CloseCode {
    package static let normal: UInt16 = 1_000
    package static let goingAway: UInt16 = 1_001
    package static let protocolError: UInt16 = 1_002
    package static let invalidData: UInt16 = 1_007
    package static let policy: UInt16 = 1_008
    package static let tooLarge: UInt16 = 1_009
    package static let internalError: UInt16 = 1_011

    /// Whether a peer may send `code` in a close frame.
    static func isAllowedOnWire(_ code: UInt16) -> Bool {
        switch code {
        case 1_000...1_003, 1_007...1_014, 3_000...4_999: return true
        default: return false
        }
    }
}
