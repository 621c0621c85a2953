import CAllocationCounter
import CSimdjson
import Market
import Upbit

/// Our decoder beside simdjson on-demand: the same bytes, every field, the same exact decimals. The two
/// alternate, so that a slow moment of the machine meets both.
@main
enum DecodeBenchmark {
    static let framesCount = 1_000
    static let passes = 100
    static let rounds = 21

    static func main() throws {
        guard cs_can_run() != 0 else {
            print("NOT MEASURED: simdjson is compiled for AVX2 and BMI2, which this machine does not have.")
            return
        }
        var recording = Recording()
        print(
            "kind        format    bytes    ours M/s   simdjson M/s   ratio median (least–most)   allocations"
        )
        var isGood = true
        for (kind, name, least) in [
            (CS_TRADE, "trade", 1.0), (CS_TICKER, "ticker", 1.0), (CS_ORDER_BOOK, "orderbook 30", 0.9),
        ] {
            let messages = try (0..<framesCount).map { _ in
                switch kind {
                case CS_TRADE: try recording.trade()
                case CS_TICKER: try recording.ticker()
                default: try recording.orderBook()
                }
            }
            for format in [WireFormat.full, .simple] {
                let tape = Tape(messages.map { MessageEncoder(format: format).frame($0) })
                let result = try measure(
                    tape, kind, format, passes: kind == CS_ORDER_BOOK ? passes / 5 : passes)
                let ratio = result.ratios.sorted()[result.ratios.count / 2]
                isGood = isGood && ratio >= least && result.allocations == 0
                print(
                    padded(name, 14) + padded(format.rawValue, 8) + padded("\(tape.bytesMean)", -7)
                        + padded(decimals(result.ours), -11) + padded(decimals(result.theirs), -14)
                        + padded(decimals(ratio), -12)
                        + "  (\(decimals(result.ratios.min() ?? 0))–\(decimals(result.ratios.max() ?? 0)))"
                        + padded("\(result.allocations)", -20))
            }
        }
        print(
            isGood ? "As wanted: trade and ticker ≥ 1.0, order book ≥ 0.9, no allocation." : "NOT as wanted.")
    }

    struct Result {
        var ours = 0.0
        var theirs = 0.0
        var ratios: [Double] = []
        var allocations: UInt64 = 0
    }

    static func measure(_ tape: Tape, _ kind: CSKind, _ format: WireFormat, passes: Int) throws -> Result {
        var decoder = MessageDecoder()
        guard let parser = cs_parser_create() else { throw BenchmarkError.noMemory }
        defer { cs_parser_free(parser) }
        var message = CSMessage()
        let isSimple: Int32 = format.isSimple ? 1 : 0
        // Once to warm up, and to see that both read the same.
        for frame in tape.frames {
            try ours(frame, &decoder)
            guard theirs(frame, parser, kind, isSimple, &message), Agreement.isSame(message, decoder, kind)
            else {
                throw BenchmarkError.different(String(decoding: frame, as: UTF8.self))
            }
        }
        var result = Result()
        var rates: (ours: [Double], theirs: [Double]) = ([], [])
        let clock = ContinuousClock()
        let count = Double(tape.frames.count * passes)
        for _ in 0..<rounds {
            let before = allocation_count()
            let mine = try clock.measure {
                for _ in 0..<passes { for frame in tape.frames { try ours(frame, &decoder) } }
            }
            result.allocations += allocation_count() - before
            let other = clock.measure {
                for _ in 0..<passes {
                    for frame in tape.frames { _ = theirs(frame, parser, kind, isSimple, &message) }
                }
            }
            result.ratios.append(other / mine)
            rates.ours.append(count / seconds(mine) / 1e6)
            rates.theirs.append(count / seconds(other) / 1e6)
        }
        result.ours = rates.ours.sorted()[rounds / 2]
        result.theirs = rates.theirs.sorted()[rounds / 2]
        return result
    }

    @inline(never)
    static func ours(_ frame: UnsafeRawBufferPointer, _ decoder: inout MessageDecoder) throws {
        var cursor = FrameCursor(receivedAt: .epoch)
        while try decoder.next(in: frame, &cursor) != nil {}
    }

    @inline(never)
    static func theirs(
        _ frame: UnsafeRawBufferPointer, _ parser: OpaquePointer, _ kind: CSKind, _ isSimple: Int32,
        _ message: inout CSMessage
    ) -> Bool {
        cs_read(
            parser, frame.baseAddress?.assumingMemoryBound(to: CChar.self), frame.count, Int32(kind.rawValue),
            isSimple,
            &message) == 0
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    static func decimals(_ value: Double) -> String {
        let hundredths = Int(value * 100 + 0.5)
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    /// To the left for a positive width, to the right for a negative one.
    static func padded(_ text: String, _ width: Int) -> String {
        let blanks = String(repeating: " ", count: max(0, abs(width) - text.count))
        return width > 0 ? text + blanks : blanks + text
    }
}

enum BenchmarkError: Error {
    case noMemory
    case notAsWanted
    case different(String)
}
