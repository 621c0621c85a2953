import Database
import Market

extension Candle: StoredRow {
    package static let columns = [
        "time", "first_time", "first_id", "last_time", "last_id", "trades", "revision", "complete", "open",
        "high", "low", "close", "volume", "value", "vwap", "buy_volume", "sell_volume", "symbol", "timeframe",
        "source",
    ]
    package static let keyColumns = ["symbol", "timeframe", "time"]

    package var table: TimeTable { Candle.table(of: timeframe) }

    package static func table(of timeframe: Timeframe) -> TimeTable {
        switch timeframe {
        case .second1: .candlesSeconds
        case .day1, .week1, .month1: .candlesLong
        default: .candlesIntraday
        }
    }

    package func encode(into row: inout RowEncoder) {
        row.write(time)
        row.write(firstTime)
        row.write(firstID)
        row.write(lastTime)
        row.write(lastID)
        row.write(trades)
        row.writeInt64(revision)
        row.writeBool(isComplete)
        row.write(open)
        row.write(high)
        row.write(low)
        row.write(close)
        row.write(volume)
        row.write(value)
        row.write(vwap)
        row.write(buyVolume)
        row.write(sellVolume)
        row.write(symbol)
        row.writeText(timeframe.rawValue)
        row.writeText(source.rawValue)
    }
}
