import Capture
import TestKit
import Testing

@Suite struct DuplicateFilterTests {
    @Test(arguments: 0..<20) func itAgreesWithASetWithinItsWindow(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var filter = DuplicateFilter(window: 1_024)
        var seen: Set<[Int64]> = []
        for _ in 0..<1_000 {
            let market = Int32.random(in: 0..<4, using: &random)
            let id = 17_877_285_547_970_000 + Int64.random(in: 0..<400, using: &random) * 10_000
            let isNew = seen.insert([Int64(market), id]).inserted
            let isTaken = filter.insert(market: market, id: id)
            #expect(isTaken == isNew)
        }
        #expect(filter.rememberedCount == seen.count)
    }

    @Test func atItsBoundTheOldestAreForgotten() {
        var filter = DuplicateFilter(window: 16)
        for id in 0..<Int64(1_000) {
            let isNew = filter.insert(market: 0, id: id)
            #expect(isNew)
            // The last sixteen at least are known.
            for back in 0..<min(16, id + 1) {
                let isKnown = !filter.insert(market: 0, id: id - back)
                #expect(isKnown)
            }
            #expect(filter.rememberedCount <= 32)
        }
        let forgotten = filter.insert(market: 0, id: 0)
        #expect(forgotten)
        filter.removeAll()
        let again = filter.insert(market: 0, id: 999)
        #expect(again && filter.rememberedCount == 1)
    }
}
