import Glibc
import Synchronization

/// Writes log lines to a descriptor, one at a time, and never waits long for a reader that does not read.
///
/// When the descriptor takes nothing for `waitMillisecondsMax`, the line is dropped and the writer turns
/// stuck: further lines are dropped without waiting until the reader moves again; then one line says how
/// many are missing. So a log that nobody drains costs entries, never the capture.
package final class LogWriter: Sendable {
    package static let waitMillisecondsMax: Int32 = 100
    /// Pipes take this much at once after poll says that they are writable.
    private static let chunkBytesMax = 4_096

    private struct State {
        var isStuck = false
        var isInsideLine = false
        var dropped = 0
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// `lossNotice` makes the line that says how many lines were dropped.
    package func write(_ line: String, lossNotice: (Int) -> String) {
        state.withLock { state in
            if state.dropped > 0 {
                let notice = (state.isInsideLine ? "\n" : "") + lossNotice(state.dropped)
                guard send(notice, &state) else {
                    state.dropped += 1
                    return
                }
                state.dropped = 0
            }
            if !send(line, &state) { state.dropped += 1 }
        }
    }

    private func send(_ line: String, _ state: inout State) -> Bool {
        let bytes = Array(line.utf8)
        var sent = 0
        while sent < bytes.count {
            var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&request, 1, state.isStuck ? 0 : Self.waitMillisecondsMax)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0, request.revents & Int16(POLLOUT) != 0 else {
                state.isStuck = true
                if sent > 0 { state.isInsideLine = true }
                return false
            }
            let end = min(bytes.count, sent + Self.chunkBytesMax)
            let count = bytes[sent..<end].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                // The reader is gone or the disk is full: nobody is left to tell.
                return false
            }
            sent += count
        }
        state.isStuck = false
        state.isInsideLine = false
        return true
    }
}
