/// What a connection's driver has to do.
package enum SocketAction: Sendable, Equatable {
    /// A binary message: the exchange sends no others.
    case send([UInt8])
    case end(FaultSettings.Ending)
    case stall(milliseconds: Int64)
}

/// An action and the connection it is for.
package struct SocketOutput: Sendable, Equatable {
    package let session: Int
    package let action: SocketAction
}
