import CCurl
import Synchronization

/// Calls over libcurl, all on one thread of its own, with connections kept for the next call.
package final class HTTPClient: HTTPCalling {
    /// Calls under way at once; more wait for their turn.
    package static let callsMax = 64
    /// Calls that wait; one more is refused with `exhausted`.
    package static let waitingMax = 1_000
    private static let connectionsOfHostMax = 8
    private static let connectionsKept = 16

    private let driver: Driver

    package init() throws {
        driver = try Driver()
    }

    deinit {
        driver.stop()
    }

    package func perform(_ call: HTTPCall) async throws(NetworkError) -> HTTPAnswer {
        if let refusal = HTTPTransfer.refusal(of: call) { throw refusal }
        let ticket = driver.nextTicket()
        let driver = driver
        let result: Result<HTTPAnswer, NetworkError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                driver.start(HTTPTransfer(call) { continuation.resume(returning: $0) }, ticket)
            }
        } onCancel: {
            driver.cancel(ticket)
        }
        return try result.get()
    }

    /// The thread and what it shares with callers.
    private final class Driver: @unchecked Sendable {
        private struct Inbox {
            var waiting: [(ticket: UInt64, transfer: HTTPTransfer)] = []
            var cancelled: Set<UInt64> = []
            /// Tickets given out whose calls have not ended.
            var alive: Set<UInt64> = []
            var lastTicket: UInt64 = 0
            var isStopping = false
        }

        private static let prepareLibrary: Bool = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK
        private static let waitMillisecondsMax: Int64 = 1_000

        private let multi: UnsafeMutableRawPointer
        private let inbox = Mutex(Inbox())

        // The thread only.
        private var running: [UInt64: HTTPTransfer] = [:]

        init() throws {
            guard Self.prepareLibrary, let multi = curl_multi_init() else {
                throw NetworkError(.exhausted, "libcurl cannot be set up", remedy: "Is there memory left?")
            }
            self.multi = multi
            yeoul_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsOfHostMax)
            yeoul_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connectionsKept)
            try DedicatedThread(named: "yeoul-http") { self.run() }.detach()
        }

        deinit {
            curl_multi_cleanup(multi)
        }

        func stop() {
            inbox.withLock { $0.isStopping = true }
            curl_multi_wakeup(multi)
        }

        func nextTicket() -> UInt64 {
            inbox.withLock { inbox in
                inbox.lastTicket += 1
                inbox.alive.insert(inbox.lastTicket)
                return inbox.lastTicket
            }
        }

        func start(_ transfer: HTTPTransfer, _ ticket: UInt64) {
            let refusal: NetworkError? = inbox.withLock { inbox in
                if inbox.isStopping {
                    return NetworkError(.closedByUs, "the HTTP client has ended")
                }
                guard inbox.waiting.count < waitingMax else {
                    return NetworkError(
                        .exhausted, "\(waitingMax) calls are already waiting",
                        remedy: "The peer is slow or the caller too fast; wait for answers.")
                }
                inbox.waiting.append((ticket, transfer))
                return nil
            }
            if let refusal {
                forget(ticket)
                transfer.finish(with: refusal)
            } else {
                curl_multi_wakeup(multi)
            }
        }

        func cancel(_ ticket: UInt64) {
            inbox.withLock { inbox in
                if inbox.alive.contains(ticket) { inbox.cancelled.insert(ticket) }
            }
            curl_multi_wakeup(multi)
        }

        private func forget(_ ticket: UInt64) {
            inbox.withLock { inbox in
                inbox.alive.remove(ticket)
                inbox.cancelled.remove(ticket)
            }
        }

        private func run() {
            while takeInbox() {
                var count: Int32 = 0
                curl_multi_perform(multi, &count)
                collect()
                checkFirstBytes()
                curl_multi_poll(multi, nil, 0, Int32(waitMilliseconds()), nil)
            }
            let ended = NetworkError(.cancelled, "the HTTP client was stopped")
            for ticket in Array(running.keys) { finish(ticket) { $0.finish(with: ended) } }
            let left = inbox.withLock { inbox in
                defer { inbox.waiting = [] }
                return inbox.waiting
            }
            for (_, transfer) in left { transfer.finish(with: ended) }
        }

        /// False when the client has been stopped.
        private func takeInbox() -> Bool {
            let (fresh, cancelled, isStopping) = inbox.withLock { inbox in
                let room = max(0, callsMax - running.count)
                let fresh = Array(inbox.waiting.prefix(room))
                inbox.waiting.removeFirst(fresh.count)
                return (fresh, inbox.cancelled, inbox.isStopping)
            }
            for (ticket, transfer) in fresh { begin(transfer, ticket) }
            for ticket in cancelled where running[ticket] != nil {
                finish(ticket) { $0.finish(with: NetworkError(.cancelled, "the call was cancelled")) }
            }
            return !isStopping
        }

        private func begin(_ transfer: HTTPTransfer, _ ticket: UInt64) {
            guard let easy = transfer.prepare() else {
                forget(ticket)
                transfer.finish(with: NetworkError(.exhausted, "libcurl has no memory for a call"))
                return
            }
            running[ticket] = transfer
            curl_multi_add_handle(multi, easy)
        }

        /// Takes a call out of libcurl, then tells its caller.
        private func finish(_ ticket: UInt64, _ tell: (HTTPTransfer) -> Void) {
            guard let transfer = running.removeValue(forKey: ticket) else { return }
            if let easy = transfer.easy { curl_multi_remove_handle(multi, easy) }
            forget(ticket)
            tell(transfer)
        }

        private func collect() {
            var left: Int32 = 0
            while let message = curl_multi_info_read(multi, &left) {
                let result = yeoul_curl_message_result(message)
                let easy = message.pointee.easy_handle
                guard result >= 0, let ticket = running.first(where: { $0.value.easy == easy })?.key else {
                    continue
                }
                finish(ticket) { $0.finish(result: result) }
            }
        }

        private func checkFirstBytes() {
            let now = Monotonic.nanoseconds()
            for (ticket, transfer) in running
            where !transfer.hasFirstByte && now >= transfer.firstByteDeadline {
                finish(ticket) { $0.finish(with: HTTPFailure.firstByte) }
            }
        }

        private func waitMilliseconds() -> Int64 {
            let now = Monotonic.nanoseconds()
            let nearest = running.values.filter { !$0.hasFirstByte }.map(\.firstByteDeadline).min()
            guard let nearest else { return Self.waitMillisecondsMax }
            return min(Self.waitMillisecondsMax, max(0, (nearest - now) / 1_000_000 + 1))
        }
    }
}
