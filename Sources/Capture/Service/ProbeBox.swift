import Synchronization

/// Lets the connections' reporter ask the market service, which is made after it.
final class ProbeBox: Sendable {
    private let service = Mutex<MarketService?>(nil)

    func set(_ service: MarketService) { self.service.withLock { $0 = service } }

    func probe() { service.withLock { $0 }?.probe() }
}
