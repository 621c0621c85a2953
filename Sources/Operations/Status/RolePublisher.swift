import Diagnostics
import Foundation

/// Publishes a role's status each second until it is stopped. The writing happens on a queue of its own,
/// since a full or slow disk must not hold a task up.
package final class RolePublisher: Sendable {
    package typealias Figures = @Sendable () -> (state: String, reasons: [String], metrics: [MetricFamily])

    package static let everyMilliseconds = 1_000

    private let role: String
    private let folder: RoleStatusFolder
    private let logger: Logger?
    private let figures: Figures
    private let startedUnixMilliseconds = RolePublisher.nowUnixMilliseconds()
    private let queue: DispatchQueue
    // Set once, before it is used from the queue alone.
    nonisolated(unsafe) private let timer: any DispatchSourceTimer

    package init(role: String, folder: RoleStatusFolder, logger: Logger? = nil, figures: @escaping Figures) {
        self.role = role
        self.folder = folder
        self.logger = logger
        self.figures = figures
        queue = DispatchQueue(label: "yeoul-status-\(role)")
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now(), repeating: .milliseconds(Self.everyMilliseconds))
        timer.setEventHandler { [weak self] in self?.publish(nil) }
        timer.resume()
    }

    deinit { timer.cancel() }

    /// Says that the role has stopped, and nothing more after that.
    package func stop() {
        timer.cancel()
        queue.sync { publish("stopped") }
    }

    package static func nowUnixMilliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// As the system knows it; asking a name server could take seconds.
    package static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return name.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private func publish(_ lastState: String?) {
        let (state, reasons, metrics) = figures()
        let status = RoleStatus(
            role: role, host: Self.hostName(), pid: getpid(),
            startedUnixMilliseconds: startedUnixMilliseconds,
            updatedUnixMilliseconds: Self.nowUnixMilliseconds(), state: lastState ?? state, reasons: reasons,
            metrics: metrics)
        do throws(OperationsError) {
            try folder.write(status)
        } catch {
            logger?.error(error)
        }
    }
}
