struct Readiness: OptionSet {
    let rawValue: UInt8
    static let readable = Readiness(rawValue: 1)
    static let writable = Readiness(rawValue: 2)
    /// Reset or hung up; without an interest in reading it would be reported for ever.
    static let broken = Readiness(rawValue: 4)
    /// As an interest: report (as readable) only that the peer ended its side.
    static let peerEnd = Readiness(rawValue: 8)
}
