import Foundation

/// The C functions of TA-Lib, from the library that its Python wheel carries: the oracle of the indicators.
package final class TALib: Sendable {
    package typealias Numbers = UnsafePointer<Double>
    package typealias Output = UnsafeMutablePointer<Double>
    typealias Count = UnsafeMutablePointer<Int32>
    typealias OnePeriod = @convention(c) (Int32, Int32, Numbers, Int32, Count, Count, Output) -> Int32
    typealias Range =
        @convention(c) (
            Int32, Int32, Numbers, Numbers, Numbers, Int32, Count, Count, Output
        ) -> Int32
    typealias Stochastic =
        @convention(c) (
            Int32, Int32, Numbers, Numbers, Numbers, Int32, Int32, Int32, Int32, Int32, Count, Count, Output,
            Output
        ) -> Int32
    typealias MACD =
        @convention(c) (
            Int32, Int32, Numbers, Int32, Int32, Int32, Count, Count, Output, Output, Output
        ) -> Int32
    typealias Bands =
        @convention(c) (
            Int32, Int32, Numbers, Int32, Double, Double, Int32, Count, Count, Output, Output, Output
        ) -> Int32
    typealias Volume = @convention(c) (Int32, Int32, Numbers, Numbers, Count, Count, Output) -> Int32

    private let sma: OnePeriod
    private let ema: OnePeriod
    private let rsi: OnePeriod
    private let cci: Range
    private let atr: Range
    private let stoch: Stochastic
    private let macd: MACD
    private let bands: Bands
    private let obv: Volume

    /// The library named by YEOUL_TALIB, or that of `.venv`, which `make test` makes.
    package init() throws {
        guard let path = Self.path else {
            throw TALibMissing(
                description: "no libta-lib in .venv: run make test, or set YEOUL_TALIB to its path")
        }
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw TALibMissing(
                description: "\(path) cannot be loaded: \(dlerror().map { String(cString: $0) } ?? "")")
        }
        func symbol<T>(_ name: String, as type: T.Type) throws -> T {
            guard let found = dlsym(library, name) else {
                throw TALibMissing(description: "\(path) lacks \(name)")
            }
            return unsafeBitCast(found, to: type)
        }
        _ = try symbol("TA_Initialize", as: (@convention(c) () -> Int32).self)()
        sma = try symbol("TA_SMA", as: OnePeriod.self)
        ema = try symbol("TA_EMA", as: OnePeriod.self)
        rsi = try symbol("TA_RSI", as: OnePeriod.self)
        cci = try symbol("TA_CCI", as: Range.self)
        atr = try symbol("TA_ATR", as: Range.self)
        stoch = try symbol("TA_STOCH", as: Stochastic.self)
        macd = try symbol("TA_MACD", as: MACD.self)
        bands = try symbol("TA_BBANDS", as: Bands.self)
        obv = try symbol("TA_OBV", as: Volume.self)
    }

    private static var path: String? {
        if let given = ProcessInfo.processInfo.environment["YEOUL_TALIB"] { return given }
        var found = glob_t()
        defer { globfree(&found) }
        let pattern = Repository.root + "/.venv/lib/python3*/site-packages/ta_lib.libs/libta-lib*.so*"
        guard glob(pattern, 0, nil, &found) == 0, let first = found.gl_pathv?[0] else { return nil }
        return String(cString: first)
    }

    /// Each call returns how many values were written to the start of `output`: those of the last candles.
    package func mean(_ input: Numbers, _ count: Int, _ period: Int, _ output: Output) -> Int {
        call { sma(0, Int32(count - 1), input, Int32(period), $0, $1, output) }
    }

    package func exponential(_ input: Numbers, _ count: Int, _ period: Int, _ output: Output) -> Int {
        call { ema(0, Int32(count - 1), input, Int32(period), $0, $1, output) }
    }

    package func strength(_ input: Numbers, _ count: Int, _ period: Int, _ output: Output) -> Int {
        call { rsi(0, Int32(count - 1), input, Int32(period), $0, $1, output) }
    }

    package func channel(
        _ high: Numbers, _ low: Numbers, _ close: Numbers, _ count: Int, _ period: Int, _ output: Output
    ) -> Int {
        call { cci(0, Int32(count - 1), high, low, close, Int32(period), $0, $1, output) }
    }

    package func trueRange(
        _ high: Numbers, _ low: Numbers, _ close: Numbers, _ count: Int, _ period: Int, _ output: Output
    ) -> Int {
        call { atr(0, Int32(count - 1), high, low, close, Int32(period), $0, $1, output) }
    }

    /// Slow, 14, 3, 3, plain means.
    package func stochastic(
        _ high: Numbers, _ low: Numbers, _ close: Numbers, _ count: Int, _ k: Output, _ d: Output
    ) -> Int {
        call { stoch(0, Int32(count - 1), high, low, close, 14, 3, 0, 3, 0, $0, $1, k, d) }
    }

    /// 12, 26, 9.
    package func convergence(
        _ input: Numbers, _ count: Int, _ line: Output, _ signal: Output, _ histogram: Output
    ) -> Int {
        call { macd(0, Int32(count - 1), input, 12, 26, 9, $0, $1, line, signal, histogram) }
    }

    /// 20, 2, plain mean.
    package func bollinger(
        _ input: Numbers, _ count: Int, _ upper: Output, _ middle: Output, _ lower: Output
    ) -> Int {
        call { bands(0, Int32(count - 1), input, 20, 2, 2, 0, $0, $1, upper, middle, lower) }
    }

    package func balance(_ close: Numbers, _ volume: Numbers, _ count: Int, _ output: Output) -> Int {
        call { obv(0, Int32(count - 1), close, volume, $0, $1, output) }
    }

    private func call(_ function: (Count, Count) -> Int32) -> Int {
        var (begin, count): (Int32, Int32) = (0, 0)
        let status = function(&begin, &count)
        precondition(status == 0, "TA-Lib answers \(status)")
        return Int(count)
    }
}

package struct TALibMissing: Error, CustomStringConvertible {
    package let description: String
}
