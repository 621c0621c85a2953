import Diagnostics
import Market
import Testing
import Upbit

@Suite struct RefusedMessageTests {
    private func fault(_ text: String) -> (JSONFault, Int)? { fault(Array(text.utf8)) }

    private func fault(_ bytes: [UInt8]) -> (JSONFault, Int)? {
        do {
            _ = try Samples.decode(bytes)
            return nil
        } catch let error as UpbitError {
            guard case .undecodable(let fault) = error.code, let offset = error.offset else { return nil }
            return (fault, offset)
        } catch {
            return nil
        }
    }

    @Test(arguments: [
        ("", JSONFault.truncated, 0), ("what is this", .syntax, 0), ("null", .wrongType, 0),
        ("12", .wrongType, 0),
        ("{", .truncated, 1), ("{}", .unknownType, 2), (#"{"type":"trade""#, .truncated, 15),
        (#"{"type":"myOrder"}"#, .unknownType, 17), (#"{"type":5}"#, .wrongType, 8),
        (#"{"a":1,}"#, .syntax, 7),
        (#"{"a" 1}"#, .syntax, 5), (#"{"a":tru}"#, .syntax, 5), (#"{"a":01,"b":2}"#, .badNumber, 5),
        (#"{"a":-}"#, .badNumber, 5), (#"{"a":1.}"#, .badNumber, 5), (#"{"a":+1}"#, .syntax, 5),
        (#"{"a":'x'}"#, .syntax, 5), (#"{"a":"\x"}"#, .badEscape, 6), (#"{"a":"\ud800"}"#, .badEscape, 6),
        (#"{"a":"\udc00\ud800"}"#, .badEscape, 6), ("{\"a\":\"\u{1}\"}", .badString, 6),
        (#"{"status":"UP"}x"#, .trailingBytes, 15),
        (#"[{"status":"UP"},]"#, .syntax, 17), (#"[{"status":"UP"}"#, .truncated, 16), ("[1]", .wrongType, 1),
        (#"[{"status":"UP"}]]"#, .trailingBytes, 17), (#"{"status":{}}"#, .wrongType, 10),
        (#"{"error":{"message":"x"}}"#, .missingField, 24),
        (#"{"method":"OTHER","result":[]}"#, .badValue, 10),
    ])
    func whatIsNoMessageIsRefusedWithItsPlace(text: String, expected: JSONFault, offset: Int) throws {
        let found = try #require(fault(text))
        #expect(found.0 == expected && found.1 == offset, "\(found)")
    }

    @Test func eachMissingFieldIsNamed() throws {
        for (sample, fields) in [
            (
                Samples.trade,
                ["code", "trade_timestamp", "trade_price", "trade_volume", "ask_bid", "sequential_id"]
            ),
            (Samples.ticker, ["opening_price", "acc_trade_price_24h", "signed_change_rate", "timestamp"]),
            (Samples.candle, ["candle_date_time_utc", "candle_acc_trade_volume", "timestamp"]),
            (Samples.orderBook, ["total_ask_size", "orderbook_units"]),
        ] {
            for field in fields {
                let error = #expect(throws: UpbitError.self) {
                    try Samples.decode(sample.replacing("\"\(field)\":", with: "\"x\(field)\":"))
                }
                #expect(error?.code == .undecodable(.missingField))
                #expect(error?.place?.contains(field) == true, "\(error?.description ?? "")")
            }
        }
    }

    @Test func aFieldThatStandsTwiceIsRefused() throws {
        let twice = Samples.trade.replacing("\"change\":", with: "\"trade_price\":1,\"change\":")
        #expect(try #require(fault(twice)).0 == .duplicateField)
        let bothNames = Samples.trade.replacing("\"change\":", with: "\"tp\":1,\"change\":")
        #expect(try #require(fault(bothNames)).0 == .duplicateField)
    }

    @Test func valuesThatAreNotDocumentedAreRefused() throws {
        for (old, new) in [
            ("\"ASK\"", "\"ask\""), ("\"ASK\"", "\"ASK\\u0000\""), ("BTC\"", "BTC\\u0000\""),
            ("\"RISE\"", "\"UP\""), ("\"SNAPSHOT\"", "\"SNAPSHOTS\""),
            ("KRW-BTC", "krw-btc"),
            ("KRW-BTC", "KRW-ABCDEFGHIJKLMNOPQRSTUVWXYZ"), ("\"KRW-BTC\"", "null"), ("109847000.0", "-1"),
        ] {
            #expect(fault(Samples.trade.replacing(old, with: new)) != nil, "\(new)")
        }
        #expect(fault(Samples.orderBook.replacing("KRW-BTC.15", with: "KRW-BTC.x")) != nil)
        #expect(fault(Samples.orderBook.replacing("\"bid_size\":0}", with: "\"bid_size\":-1}")) != nil)
        #expect(fault(Samples.orderBook.replacing("\"bid_size\":0}", with: "\"x\":1}")) != nil)
    }

    @Test func nestingAndLevelsAreBounded() throws {
        func nested(_ depth: Int) -> String {
            let open = String(repeating: "[", count: depth)
            let close = String(repeating: "]", count: depth)
            return "{\"status\":\"UP\",\"x\":\(open)\(close)}"
        }
        #expect(fault(nested(32)) == nil)
        #expect(try #require(fault(nested(33))).0 == .tooDeep)
        #expect(try #require(fault(nested(100_000))).0 == .tooDeep)
        let level = #"{"ap":1,"bp":1,"as":1,"bs":1}"#
        func book(_ levels: Int) -> String {
            let units = Array(repeating: level, count: levels).joined(separator: ",")
            return #"{"ty":"orderbook","cd":"KRW-A","tms":1,"tas":0,"tbs":0,"obu":[\#(units)]}"#
        }
        #expect(fault(book(30)) == nil)
        #expect(try #require(fault(book(31))).0 == .tooManyLevels)
    }

    @Test(arguments: [
        [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE3, 0x81], [0xC3, 0x28],
        [0xE3, 0x28, 0x81],
    ])
    func textThatIsNotUTF8IsRefusedWhereverItStands(bytes: [UInt8]) {
        let middle = Array(#"{"x":""#.utf8) + bytes + Array(#"","status":"UP"}"#.utf8)
        #expect(fault(middle) != nil)
        let key = Array(#"{""#.utf8) + bytes + Array(#"":1,"status":"UP"}"#.utf8)
        #expect(fault(key) != nil)
    }

    @Test func everyTextCutShortIsRefused() {
        for sample in [
            Samples.trade, Samples.ticker, Samples.orderBook, Samples.candle, Samples.refusal,
            Samples.subscriptions,
        ] {
            let bytes = Array(sample.utf8)
            for count in 0..<bytes.count { #expect(fault(Array(bytes[..<count])) != nil) }
            #expect(fault(bytes) == nil)
        }
    }

    @Test func anErrorSaysWhatWhereAndWhichField() throws {
        let text = Samples.trade.replacing("0.00509799", with: "0.005097991")
        let error = try #require(throws: UpbitError.self) { try Samples.decode(text) }
        let at = try #require(text.utf8.firstRange(of: "0.005097991".utf8)).lowerBound
        #expect(error.offset == text.utf8.distance(from: text.utf8.startIndex, to: at))
        #expect(error.description.contains("field trade_volume") && error.code == .undecodable(.notExact))
    }

    @Test func inAListTheMessagesBeforeAnErrorAreDelivered() throws {
        var decoder = MessageDecoder()
        let bytes = Array("[\(Samples.trade),\(Samples.trade.replacing("ASK", with: "X"))]".utf8)
        var cursor = FrameCursor(receivedAt: Samples.receivedAt)
        try bytes.withUnsafeBytes { raw in
            let first = try decoder.next(in: raw, &cursor)
            #expect(first == .trade)
            #expect(throws: UpbitError.self) { _ = try decoder.next(in: raw, &cursor) }
            let after = try decoder.next(in: raw, &cursor)
            #expect(after == nil)
        }
    }
}
