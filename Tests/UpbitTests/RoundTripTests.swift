import Foundation
import Market
import Testing
import Upbit

@Suite struct RoundTripTests {
    @Test(arguments: WireFormat.allCases)
    func whatIsWrittenIsReadAgainInAnyOrderOfKeys(format: WireFormat) throws {
        var generator = MessageGenerator(seed: UInt64(format.rawValue.utf8.count))
        var shuffle = KeyShuffle(seed: 77)
        let encoder = MessageEncoder(format: format)
        var decoder = MessageDecoder()
        for _ in 0..<3_000 {
            let message = generator.message()
            let bytes = encoder.frame(message)
            #expect(try Samples.decode(bytes, with: &decoder) == [message])
            let other = shuffle.shuffled(bytes)
            #expect(
                try Samples.decode(other, with: &decoder) == [message],
                "\(String(decoding: other, as: UTF8.self))")
        }
    }

    @Test func aListHoldsManyMessages() throws {
        var generator = MessageGenerator(seed: 4)
        let messages = (0..<50).map { _ in generator.message() }
        for format in WireFormat.allCases {
            let frames = MessageEncoder(format: format).frames(messages)
            #expect(frames.count == (format.isList ? 1 : 50))
            var decoder = MessageDecoder()
            #expect(try frames.flatMap { try Samples.decode($0, with: &decoder) } == messages)
        }
        #expect(try Samples.decode("[]").isEmpty && Samples.decode(" [ ] ").isEmpty)
    }

    @Test func theOtherMessagesComeBackToo() throws {
        let entries = [SubscriptionEntry(type: "orderbook", codes: ["KRW-BTC", "KRW-ETH"], level: "10000")]
        let messages: [Message] = [
            .status("UP"),
            .refusal(RefusalMessage(name: "NO_CODES", message: "a \"quoted\" \\ text\n\u{1} 여울")),
            .subscriptions(SubscriptionsMessage(ticket: "t", entries: entries)),
        ]
        for format in WireFormat.allCases {
            for message in messages {
                #expect(try Samples.decode(MessageEncoder(format: format).frame(message)) == [message])
            }
        }
    }

    @Test(arguments: [3_579_955_457_109_594, -62_167_305_600_000, -9_223_372_036_854_775])
    func timesFarFromOursComeBackToo(milliseconds: Int64) throws {
        let text = Samples.trade.replacingOccurrences(
            of: "\"trade_timestamp\":1787728554797", with: "\"trade_timestamp\":\(milliseconds)")
        let messages = try Samples.decode(text)
        #expect(messages.count == 1)
        for format in WireFormat.allCases {
            let bytes = MessageEncoder(format: format).frame(messages[0])
            #expect(String(validating: bytes, as: UTF8.self) != nil, "\(format)")
            #expect(try Samples.decode(bytes) == messages)
        }
    }

    /// The documented messages, written again, are the same text but for the order of keys.
    @Test func numbersAreWrittenAsTheExchangeDoes() throws {
        for sample in [Samples.trade, Samples.ticker, Samples.candle] {
            let message = try #require(try Samples.decode(sample).first)
            let text = String(decoding: MessageEncoder(format: .full).frame(message), as: UTF8.self)
            func fields(_ text: String) -> [Substring] {
                text.dropFirst().dropLast().split(separator: ",").sorted()
            }
            #expect(fields(text) == fields(sample))
        }
    }

    @Test func bithumbShowsKoreanClockTimes() throws {
        let message = try #require(try Samples.decode(Samples.trade).first)
        let encoder = MessageEncoder(format: .full, clockOffsetSeconds: 32_400)
        let text = String(decoding: encoder.frame(message), as: UTF8.self)
        #expect(text.contains(#""trade_date":"2026-08-26","trade_time":"16:15:54""#))
        #expect(try Samples.decode(text) == [message])
    }
}
