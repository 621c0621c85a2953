import Exchange
import Market
import Upbit

/// Messages as the built-in exchange sends them: trades, tickers and order books of many markets, SIMPLE.
struct RecordedFrames {
    struct Frame {
        let milliseconds: Int64
        let bytes: [UInt8]
    }

    let frames: [Frame]
    var bytes: Int { frames.reduce(0) { $0 + $1.bytes.count } }

    /// `milliseconds` of the market, as one client with all subscriptions sees it.
    init(markets: Int, tradesPerSecond: Double, milliseconds: Int64, types: [String]) throws {
        let seed: UInt64 = 1
        let specs = try Catalogue.markets(markets, tradesPerSecond: tradesPerSecond, seed: seed)
        let start = try Instant("2026-03-03T05:20:00Z").milliseconds
        var hub = SocketHub(
            plan: VenuePlan(seed: seed, markets: specs), profile: .upbit, seed: seed, isLimited: false,
            market: start)
        guard case .accept(let session) = hub.connect(from: "127.0.0.1", hasOrigin: false, now: 0) else {
            frames = []
            return
        }
        let codes = specs.map { "\"\($0.symbol)\"" }.joined(separator: ",")
        let objects = types.map { "{\"type\":\"\($0)\",\"codes\":[\(codes)]}" }.joined(separator: ",")
        let request = "[{\"ticket\":\"benchmark\"},\(objects),{\"format\":\"SIMPLE\"}]"
        hub.received(Array(request.utf8), on: session, now: 0)
        var frames: [Frame] = []
        var passed: Int64 = 0
        while passed < milliseconds {
            passed += 5
            hub.advance(to: start + passed, now: passed)
            for output in hub.takeOutputs() {
                if case .send(let bytes) = output.action {
                    frames.append(Frame(milliseconds: passed, bytes: bytes))
                }
            }
            _ = hub.takeEntries()
        }
        self.frames = frames
    }
}
