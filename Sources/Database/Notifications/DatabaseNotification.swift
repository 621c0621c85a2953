/// What another session said by NOTIFY.
package struct DatabaseNotification: Sendable, Equatable {
    package var channel: String
    package var payload: String
    /// The server process of the session that said it.
    package var process: Int32

    package init(channel: String, payload: String, process: Int32) {
        self.channel = channel
        self.payload = payload
        self.process = process
    }
}
