import Network

/// Where frames go from the socket: the journal. All calls of `take` come on the network's thread, so it
/// copies and returns.
package protocol FrameSink: Sendable {
    /// False when there is no room. The frame was not taken then; the connection keeps it, stops reading,
    /// and offers it again when there is room.
    func take(_ frame: UnsafeRawBufferPointer, connection: UInt32, at time: ReceiveTime) -> Bool
    /// Calls once, from any thread, as soon as there is room: at once when there is.
    func whenRoom(_ call: @escaping @Sendable () -> Void)
}
