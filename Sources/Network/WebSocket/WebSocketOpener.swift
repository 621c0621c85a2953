/// The way of a client's connection from its address to the upgrade. On the loop's thread.
protocol WebSocketOpener: AnyObject {
    /// Gives up; the consumer is told.
    func cancel()
}
