import CPostgres
import Synchronization

/// The server's notices of one connection, kept until someone asks; libpq would print them.
final class NoticeBox: Sendable {
    /// Beyond it the oldest are dropped: notices inform, nothing depends on them.
    static let noticesMax = 64

    private let notices = Mutex<[ServerMessage]>([])

    func add(_ message: ServerMessage) {
        notices.withLock { notices in
            if notices.count == Self.noticesMax { notices.removeFirst() }
            notices.append(message)
        }
    }

    var lastFatal: ServerMessage? {
        notices.withLock { notices in
            notices.last { $0.severity == "FATAL" || $0.severity == "PANIC" }
        }
    }

    func take() -> [ServerMessage] {
        notices.withLock { notices in
            defer { notices = [] }
            return notices
        }
    }

    /// Makes libpq bring the notices of `handle` here. The box must outlive the handle.
    func attach(to handle: OpaquePointer) {
        let receiver: PQnoticeReceiver = { pointer, result in
            guard let pointer, let result, let message = ServerMessage(result: result) else { return }
            Unmanaged<NoticeBox>.fromOpaque(pointer).takeUnretainedValue().add(message)
        }
        PQsetNoticeReceiver(handle, receiver, Unmanaged.passUnretained(self).toOpaque())
    }
}
