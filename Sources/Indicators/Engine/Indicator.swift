/// The indicators of a candle, named as their columns and in the columns' order.
package enum Indicator: Int, CaseIterable, Sendable {
    case ma5, ma10, ma20, ma50, ma100, ma200
    case ema8, ema13, ema21, ema50, ema200
    case rsi14
    case stochasticK, stochasticD
    case macdLine, macdSignal, macdHistogram
    case cci20
    case atr14
    case bollingerUpper, bollingerMiddle, bollingerLower
    case keltnerUpper, keltnerMiddle, keltnerLower
    case volumeMA20
    case obv
    case vwap

    package static let count = 28

    /// The column in technical_indicators.
    package var column: String { Self.columns[rawValue] }

    /// How many candles of the series come before the first that has it.
    package var warmUp: Int {
        switch self {
        case .ma5: 4
        case .ma10: 9
        case .ma20, .bollingerUpper, .bollingerMiddle, .bollingerLower, .cci20, .volumeMA20: 19
        case .keltnerUpper, .keltnerMiddle, .keltnerLower: 19
        case .ma50, .ema50: 49
        case .ma100: 99
        case .ma200, .ema200: 199
        case .ema8: 7
        case .ema13: 12
        case .ema21: 20
        case .rsi14, .atr14: 14
        case .stochasticK, .stochasticD: 17
        case .macdLine, .macdSignal, .macdHistogram: 33
        case .obv, .vwap: 0
        }
    }

    package static let columns = [
        "ma_5", "ma_10", "ma_20", "ma_50", "ma_100", "ma_200", "ema_8", "ema_13", "ema_21", "ema_50",
        "ema_200",
        "rsi_14", "stochastic_k", "stochastic_d", "macd_line", "macd_signal", "macd_histogram", "cci_20",
        "atr_14", "bollinger_upper", "bollinger_middle", "bollinger_lower", "keltner_upper", "keltner_middle",
        "keltner_lower", "volume_ma_20", "obv", "vwap",
    ]
}
