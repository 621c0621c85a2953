import CPostgres

extension Connection {
    /// Waits until the server passes something on, no longer than `limit`; empty when it did not.
    func notifications(within limit: Duration) async throws(DatabaseError) -> [DatabaseNotification] {
        try refuseWhenCancelled()
        try claim()
        defer { release() }
        let poller = try Poller.shared()
        let deadline = ContinuousClock.Instant.now + limit
        while true {
            try link.consumeInput()
            let heard = try takeNotifications()
            if !heard.isEmpty { return heard }
            if link.isBroken {
                let error = link.lostError()
                link.close()
                throw error
            }
            switch await poller.wait(Wait(descriptor: link.socket, readiness: .readable, deadline: deadline))
            {
            case .ready: continue
            case .timedOut: return []
            case .cancelled: throw DatabaseError(.cancelled, "the listening task was cancelled", place: place)
            case .refused: throw DatabaseError(.limit, "too many connections wait at once", place: place)
            }
        }
    }

    private func takeNotifications() throws(DatabaseError) -> [DatabaseNotification] {
        let handle = try link.open()
        var heard: [DatabaseNotification] = []
        while let notification = PQnotifies(handle) {
            heard.append(
                DatabaseNotification(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra), process: notification.pointee.be_pid
                ))
            PQfreemem(notification)
        }
        return heard
    }
}
