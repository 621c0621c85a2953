import Network
import Testing

@Suite struct DeadlineHeapTests {
    @Test func deadlinesComeInOrderHoweverTheyWereSetAndMoved() {
        var heap = DeadlineHeap<Int>()
        var expected: [Int: Int64] = [:]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3_000 {
            let key = Int.random(in: 0..<200, using: &generator)
            let deadline =
                Bool.random(using: &generator) ? Int64.random(in: 0..<10_000, using: &generator) : nil
            heap.set(deadline, for: key)
            expected[key] = deadline
        }
        #expect(heap.count == expected.count)
        var last: Int64 = .min
        while let nearest = heap.nearest {
            #expect(nearest >= last)
            #expect(heap.popDue(at: nearest - 1) == nil)
            let key = heap.popDue(at: nearest)
            #expect(key.flatMap { expected.removeValue(forKey: $0) } == nearest)
            last = nearest
        }
        #expect(expected.isEmpty)
    }
}
