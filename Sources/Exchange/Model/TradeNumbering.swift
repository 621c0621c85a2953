/// How the trades of one millisecond are counted in their ids.
struct TradeNumbering: Sendable, Equatable {
    let first: Int32
    let step: Int32
}
