import Database
import Diagnostics
import Network
import Synchronization

/// Asks the database once for all clients: once a second, and at once when a candle closed or somebody
/// follows something new, at most four times a second. While nobody listens it asks nothing.
final class StreamFeed: Sendable {
    static let everyMilliseconds = 1_000
    static let restMilliseconds = 250
    static let channels = ["candle_closed", "candle_revised"]

    private let hub: StreamHub
    private let database: MarketDatabase
    private let logger: Logger?
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation
    private let tasks = Mutex<[Task<Void, Never>]>([])

    init(hub: StreamHub, database: MarketDatabase, listening: ConnectionOptions?, logger: Logger?) {
        self.hub = hub
        self.database = database
        self.logger = logger
        // One wake that waits stands for all that came.
        (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let waker = waker
        hub.wantsMore.withLock { $0 = { waker.yield() } }
        let clock = Task {
            while !Task.isCancelled {
                waker.yield()
                try? await Task.sleep(for: .milliseconds(Self.everyMilliseconds))
            }
        }
        let rounds = Task { [wakes] in
            for await _ in wakes {
                await self.round()
                try? await Task.sleep(for: .milliseconds(Self.restMilliseconds))
            }
        }
        var all = [clock, rounds]
        if let listening { all.append(Task { await Self.listen(listening, waker, logger) }) }
        let started = all
        tasks.withLock { $0 = started }
    }

    func stop() {
        waker.finish()
        for task in tasks.withLock({ $0 }) { task.cancel() }
    }

    /// Polling goes on when nothing can be heard, so a failure is told once and is no more than slow.
    private static func listen(
        _ options: ConnectionOptions, _ waker: AsyncStream<Void>.Continuation, _ logger: Logger?
    ) async {
        do {
            let listener = try NotificationListener(options, channels: channels, eventsMax: 64)
            defer { listener.stop() }
            for try await _ in listener { waker.yield() }
        } catch {
            guard !Task.isCancelled else { return }
            logger?.warning(
                "notifications cannot be heard; candles are asked for once a second", ["error": "\(error)"])
        }
    }

    private func round() async {
        let topics = hub.topics
        guard !topics.isEmpty else { return }
        var messages: [StreamTopic: String] = [:]
        do {
            messages = try await ask(topics)
            messages[.problem] = Self.problem(nil)
        } catch {
            guard !Task.isCancelled else { return }
            messages[.problem] = Self.problem("the database does not answer")
            logger?.debug("the stream could not be fed", ["error": "\(error)"])
        }
        hub.publish(messages, now: Monotonic.milliseconds())
    }

    private static func problem(_ what: String?) -> String {
        JSONValue.object([("type", "problem"), ("what", what.map { .text($0) } ?? .null)]).json
    }

    private func ask(_ topics: Set<StreamTopic>) async throws -> [StreamTopic: String] {
        var candles = Pairs()
        var indicators = Pairs()
        var books: [String] = []
        var messages: [StreamTopic: String] = [:]
        for topic in topics {
            switch topic {
            case .candles(let symbol, let timeframe): candles.add(symbol, timeframe)
            case .indicators(let symbol, let timeframe): indicators.add(symbol, timeframe)
            case .book(let symbol): books.append(symbol)
            case .markets:
                let text = try await database.text(MarketQueries.list, [.null, false]) ?? "{}"
                messages[topic] = "{\"type\":\"markets\",\(text.dropFirst())"
            case .status:
                messages[topic] = "{\"type\":\"status\",\"status\":\(try await database.statusText())}"
            case .problem: break
            }
        }
        if !candles.isEmpty {
            for (key, body) in try await database.bodies(StreamQueries.candles, candles.values) {
                if let (symbol, timeframe) = Pairs.split(key) {
                    messages[.candles(symbol: symbol, timeframe: timeframe)] = body
                }
            }
        }
        if !indicators.isEmpty {
            for (key, body) in try await database.bodies(StreamQueries.indicators, indicators.values) {
                if let (symbol, timeframe) = Pairs.split(key) {
                    messages[.indicators(symbol: symbol, timeframe: timeframe)] = body
                }
            }
        }
        if !books.isEmpty {
            for (key, body) in try await database.bodies(StreamQueries.books, [.textArray(books)]) {
                messages[.book(symbol: key)] = body
            }
        }
        return messages
    }

    /// Markets and timeframes in two arrays of one length, as the statements unnest them.
    private struct Pairs {
        private var symbols: [String] = []
        private var timeframes: [String] = []

        var isEmpty: Bool { symbols.isEmpty }
        var values: [DatabaseValue] { [.textArray(symbols), .textArray(timeframes)] }

        mutating func add(_ symbol: String, _ timeframe: String) {
            symbols.append(symbol)
            timeframes.append(timeframe)
        }

        static func split(_ key: String) -> (String, String)? {
            let parts = key.split(separator: " ")
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }
}
