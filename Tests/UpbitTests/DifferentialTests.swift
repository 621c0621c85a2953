import CSimdjson
import Market
import Testing
import Upbit

/// Our decoder and simdjson say the same of 100 000 messages, sound and damaged ones: accepted or refused,
/// and every field.
///
/// "Accepted" means: the document is valid JSON and UTF-8 (simdjson's DOM parser judges), it is a trade,
/// ticker or order book by the same rules of names, types, ranges and duplicates, and nothing follows it.
/// Two differences are wanted: lists and service messages are ours alone, and simdjson refuses numbers
/// beyond a double or 64 bits even in fields that we skip.
@Suite struct DifferentialTests {
    @Test(
        .enabled(
            if: cs_can_run() != 0, "simdjson is compiled for AVX2 and BMI2, which this machine does not have"),
        arguments: 0..<4)
    func oursAndSimdjsonAgree(part: Int) throws {
        var generator = MessageGenerator(seed: UInt64(part))
        var shuffle = KeyShuffle(seed: UInt64(part) + 100)
        var mutator = MessageMutator(random: SeededRandom(seed: UInt64(part) + 200))
        let parser = try #require(cs_parser_create())
        defer { cs_parser_free(parser) }
        var decoder = MessageDecoder()
        var counts = (accepted: 0, refused: 0)
        for number in 0..<2_500 {
            let encoder = MessageEncoder(format: number % 2 == 0 ? .full : .simple)
            let sound = shuffle.shuffled(encoder.frame(generator.message()))
            for copy in 0..<10 {
                let bytes = copy == 0 ? sound : mutator.mutated(sound)
                let isAccepted = try compare(bytes, parser, &decoder)
                if isAccepted { counts.accepted += 1 } else { counts.refused += 1 }
            }
        }
        // Neither side of the comparison may be empty.
        #expect(counts.accepted > 3_000 && counts.refused > 10_000, "\(counts)")
    }

    /// True when both accept.
    private func compare(_ bytes: [UInt8], _ parser: OpaquePointer, _ decoder: inout MessageDecoder) throws
        -> Bool
    {
        let ours: Message?
        do {
            let messages = try Samples.decode(bytes, with: &decoder)
            // Ours alone.
            guard messages.count == 1, bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"),
                let message = messages.first,
                message.isMarketData
            else { return false }
            if case .candle = message { return false }
            ours = message
        } catch is UpbitError {
            ours = nil
        }
        var theirs = CSMessage()
        let padded = bytes + [UInt8](repeating: 0, count: Int(CS_PADDING))
        let verdict = padded.withUnsafeBytes {
            cs_read_thoroughly(
                parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &theirs)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if verdict == 1, ours != nil {
            #expect(SimdjsonMessage.hasLargeNumber(bytes), "simdjson refuses a number: \(text)")
            return true
        }
        #expect((ours != nil) == (verdict == 0), "ours \(ours == nil ? "refuses" : "accepts"): \(text)")
        guard let ours, verdict == 0 else { return false }
        #expect(SimdjsonMessage(theirs).difference(from: ours) == nil, "\(text)")
        return true
    }
}
