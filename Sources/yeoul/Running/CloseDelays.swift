import Database
import Diagnostics
import Foundation
import Market
import Operations
import Synchronization

/// How long after their ends candles of a minute are closed, as one sees it who waits for `candle_closed`.
final class CloseDelays: Sendable {
    /// In seconds; a grace of some seconds is in it.
    private static let bounds = [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 30, 60]
    /// Notifications that wait for us; a minute's end brings one a market.
    private static let eventsMax = 4_096

    private let histogram = Mutex(Histogram(bounds: bounds))
    private let task = Mutex<Task<Void, Never>?>(nil)

    private struct Payload: Decodable {
        var timeframe: String
        var time: String
    }

    /// `options` lead to the server itself. When nothing can be heard, nothing is counted.
    init(_ options: ConnectionOptions, now: @escaping @Sendable () -> Instant, logger: Logger) {
        let started = Task {
            do {
                let listener = try NotificationListener(
                    options, channels: ["candle_closed"], eventsMax: Self.eventsMax)
                defer { listener.stop() }
                for try await event in listener {
                    if case .heard(let told) = event { self.take(told.payload, now()) }
                }
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("the delay of closed candles cannot be measured", ["error": "\(error)"])
            }
        }
        task.withLock { $0 = started }
    }

    func stop() { task.withLock { $0?.cancel() } }

    /// A candle without a trade says the same, and closes with the others.
    private func take(_ text: String, _ now: Instant) {
        guard let payload = try? JSONDecoder().decode(Payload.self, from: Data(text.utf8)),
            payload.timeframe == Timeframe.minute1.rawValue, let start = try? Instant(payload.time)
        else { return }
        let delay = now.microseconds(since: Timeframe.minute1.next(after: start))
        histogram.withLock { $0.observe(Double(max(0, delay)) / 1_000_000) }
    }

    var families: [MetricFamily] {
        [
            MetricFamily(
                "yeoul_candle_close_delay_seconds", .histogram,
                "From the end of a minute's candle to the notification that it is closed, the grace included.",
                histogram.withLock { $0.samples() })
        ]
    }
}
