import Market
import Testing
import Upbit

/// The messages of the exchange's documentation and of recorded answers.
enum Samples {
    static let ticker =
        #"{"type":"ticker","code":"KRW-BTC","opening_price":109165000.0,"high_price":110117000.0,"low_price":108958000.0,"trade_price":109868000.0,"prev_closing_price":109165000.0,"acc_trade_price":59726546304.62442,"change":"RISE","change_price":703000.0,"signed_change_price":703000.0,"change_rate":0.006439793,"signed_change_rate":0.006439793,"ask_bid":"BID","trade_volume":9.101e-05,"acc_trade_volume":544.24861805,"trade_date":"20260826","trade_time":"072400","trade_timestamp":1787729040682,"acc_ask_volume":271.9810004,"acc_bid_volume":272.26761765,"highest_52_week_price":179869000.0,"highest_52_week_date":"2025-10-09","lowest_52_week_price":88342000.0,"lowest_52_week_date":"2026-08-14","market_state":"ACTIVE","is_trading_suspended":false,"delisting_date":null,"market_warning":"NONE","timestamp":1787729042606,"acc_trade_price_24h":198189163442.74924,"acc_trade_volume_24h":1807.38027625,"stream_type":"SNAPSHOT"}"#

    static let trade =
        #"{"type":"trade","code":"KRW-BTC","timestamp":1787728554853,"trade_date":"2026-08-26","trade_time":"07:15:54","trade_timestamp":1787728554797,"trade_price":109847000.0,"trade_volume":0.00509799,"ask_bid":"ASK","prev_closing_price":109165000.0,"change":"RISE","change_price":682000.0,"sequential_id":17877285547970000,"best_ask_price":109867000,"best_ask_size":0.0099545,"best_bid_price":109847000,"best_bid_size":0.1583673,"stream_type":"SNAPSHOT"}"#

    static let candle =
        #"{"type":"candle.1m","code":"KRW-BTC","candle_date_time_utc":"2026-08-26T08:08:00","candle_date_time_kst":"2026-08-26T17:08:00","opening_price":109715000.0,"high_price":109756000.0,"low_price":109714000.0,"trade_price":109756000.0,"candle_acc_trade_volume":0.71326612,"candle_acc_trade_price":78269528.64757,"timestamp":1787731717049,"stream_type":"SNAPSHOT"}"#

    static let orderBook =
        #"{"type":"orderbook","code":"KRW-BTC.15","timestamp":1787729042606,"total_ask_size":1.5,"total_bid_size":2.25,"orderbook_units":[{"ask_price":109867000,"bid_price":109847000,"ask_size":0.0099545,"bid_size":0.1583673},{"ask_price":109868000,"bid_price":0,"ask_size":1.5e-05,"bid_size":0}],"stream_type":"REALTIME","level":0}"#

    static let refusal = #"{"error":{"message":"Format 이 맞지 않습니다.","name":"WRONG_FORMAT"}}"#

    static let subscriptions =
        #"{"method":"LIST_SUBSCRIPTIONS","result":[{"type":"ticker","codes":["KRW-BTC"]},{"type":"orderbook","codes":["KRW-ETH"],"level":0}],"ticket":"t1"}"#

    static let simpleSubscriptions =
        #"{"mthd":"LIST_SUBSCRIPTIONS","rslt":[{"ty":"ticker","cds":["KRW-BTC"]}],"tckt":"t1"}"#

    static let receivedAt = Instant(microseconds: 1_787_728_554_900_123)

    /// Everything that a text says. The bytes lie at the very end of their memory.
    static func decode(_ text: String) throws -> [Message] { try decode(Array(text.utf8)) }

    static func decode(_ bytes: [UInt8]) throws -> [Message] {
        var decoder = MessageDecoder()
        return try decode(bytes, with: &decoder)
    }

    static func decode(_ bytes: [UInt8], with decoder: inout MessageDecoder) throws -> [Message] {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        return try decoder.messages(in: UnsafeRawBufferPointer(copy), receivedAt: receivedAt)
    }

    static func trade(_ text: String) throws -> TradeMessage {
        guard case .trade(let message)? = try decode(text).first else { throw NotThat() }
        return message
    }

    static func ticker(_ text: String) throws -> Ticker {
        guard case .ticker(let message)? = try decode(text).first else { throw NotThat() }
        return message
    }

    static func orderBook(_ text: String) throws -> OrderBook {
        guard case .orderBook(let message)? = try decode(text).first else { throw NotThat() }
        return message
    }

    static func candle(_ text: String) throws -> CandleMessage {
        guard case .candle(let message)? = try decode(text).first else { throw NotThat() }
        return message
    }

    struct NotThat: Error {}
}
