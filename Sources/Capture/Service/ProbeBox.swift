import Synchronization

/// Lets the connections' reporter ask the market service, which is made after it.
final class ProbeBox: Sendable {
    private let service = Mutex<MarketService?>(nil)

    func set(_ service: MarketService) { self.service.withLock { $0 = service } }

    /// Lets go of it: otherwise it and the connections would hold each other, and the journal, for ever.
    func clear() { service.withLock { $0 = nil } }

    func probe() { service.withLock { $0 }?.probe() }
}
