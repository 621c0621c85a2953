/// Hears what is said on channels, over a connection of its own that is made again whenever it is lost.
///
/// NOTIFY is lossy by nature: whenever something may have been missed the stream says so, and the reader
/// looks into the tables. The listening ends with this value.
package final class NotificationListener: AsyncSequence, Sendable {
    package typealias Element = NotificationEvent

    private let mailbox: NotificationMailbox
    private let task: Task<Void, Never>

    /// `options` lead to the server itself: a transaction pooler passes nothing on, and is refused.
    /// A server that refuses us for good (a wrong password) ends the stream with its error; one that is
    /// merely away is tried again for ever.
    package init(
        _ options: ConnectionOptions, channels: [String], eventsMax: Int = 1024,
        pingAfter: Duration = .seconds(30)
    ) throws(DatabaseError) {
        var script = ""
        for channel in channels { script += "LISTEN \(try quotedIdentifier(channel));" }
        let mailbox = NotificationMailbox(eventsMax: eventsMax)
        let listening = Listening(options: options, script: script, pingAfter: pingAfter, mailbox: mailbox)
        self.mailbox = mailbox
        task = Task { await listening.run() }
    }

    deinit { task.cancel() }

    /// Ends the listening; the reader sees the end of the sequence.
    package func stop() {
        task.cancel()
    }

    package struct Iterator: AsyncIteratorProtocol {
        let listener: NotificationListener

        package mutating func next() async throws -> NotificationEvent? {
            try await listener.mailbox.next()
        }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(listener: self) }
}
