/// Milliseconds since it was made; no clock step moves it.
struct Stopwatch {
    private let began = ContinuousClock.now

    var milliseconds: Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - began).components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
