import Market

/// What can be wrong with stored trades, for proofs that must find it.
enum PlantedFault: CaseIterable {
    case dropped
    case wrongVolume
    case wrongPrice
    case duplicate

    /// Spoils the trade at the index; what stood there is returned.
    func plant(in trades: inout [Trade], at index: Int) -> Trade {
        let victim = trades[index]
        switch self {
        case .dropped: trades.remove(at: index)
        case .wrongVolume: trades[index].volume = Decimal8(unscaled: victim.volume.unscaled + 1)
        case .wrongPrice:
            trades[index].price = Decimal8(unscaled: victim.price.unscaled + 100_000_000_000)
        case .duplicate:
            var copy = victim
            copy.sequentialID += 77
            let later = trades[index...].firstIndex { $0.time > victim.time }
            trades.insert(copy, at: later ?? trades.endIndex)
        }
        return victim
    }
}
