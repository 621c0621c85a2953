/// The task behind a listener: connect, LISTEN, pass on, and again after each loss.
struct Listening: Sendable {
    let options: ConnectionOptions
    let script: String
    /// Silence after which the connection is asked whether it lives.
    let pingAfter: Duration
    let mailbox: NotificationMailbox

    func run() async {
        var backoff = Backoff()
        var loss: DatabaseError?
        while !Task.isCancelled {
            do throws(DatabaseError) {
                try await hear(after: loss) { backoff.succeeded() }
            } catch {
                if error.code == .cancelled { break }
                guard error.isTransient else { return mailbox.end(throwing: error) }
                loss = error
            }
            // A cancelled sleep ends the loop.
            try? await Task.sleep(for: backoff.failed(jitter: .random(in: 0..<1)))
        }
        mailbox.end(throwing: nil)
    }

    /// Returns only by an error.
    private func hear(after loss: DatabaseError?, _ succeeded: () -> Void) async throws(DatabaseError) {
        let connection = try await Connection.connect(options)
        defer { connection.abandon() }
        try await PoolerProbe.refuseTransactionPooler(connection, for: "LISTEN")
        try await connection.execute(script)
        succeeded()
        mailbox.add(.listening(after: loss))
        while true {
            let heard = try await connection.notifications(within: pingAfter)
            for notification in heard { mailbox.add(.heard(notification)) }
            if heard.isEmpty { try await connection.query("SELECT 1") }
        }
    }
}
