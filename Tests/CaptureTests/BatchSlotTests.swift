import Capture
import Market
import Storage
import Testing

/// Until when everything that was received is in what the commit thread takes.
@Suite struct BatchSlotTests {
    private func batch(trades: Int, through: Int64?) throws -> PreparedBatch {
        var batch = PreparedBatch()
        batch.frames = 1
        batch.throughNanoseconds = through
        for id in 0..<trades {
            batch.market.trades.append(
                Trade(
                    time: .epoch, symbol: try Symbol("KRW-BTC"), sequentialID: Int64(id),
                    price: Decimal8(1), volume: Decimal8(1), side: .buy, receivedAt: .epoch))
        }
        return batch
    }

    private func take(_ slot: BatchSlot) -> (rows: Int, through: Int64?) {
        switch slot.take(notBefore: 0, idleSince: .max, deadline: 0) {
        case .batch(let batch): (batch.rowCount, batch.throughNanoseconds)
        case .nothing(let through): (0, through)
        case .ended: (-1, nil)
        }
    }

    @Test func theTimeGoesAsFarAsWhatIsTaken() throws {
        let slot = BatchSlot()
        slot.goBack(to: 0, since: nil)
        #expect(slot.order() == .goBack(to: 0, since: nil, generation: 1))
        #expect(take(slot).through == nil, "nothing is read yet")
        slot.deliver(try batch(trades: 2, through: nil), generation: 1, isEnded: false)
        slot.deliver(try batch(trades: 1, through: 900), generation: 1, isEnded: false)
        #expect(take(slot) == (3, 900))
        // Progress without rows holds nothing up.
        slot.deliver(try batch(trades: 0, through: 1_000), generation: 1, isEnded: false)
        #expect(take(slot) == (0, 1_000))
        var drained = PreparedBatch()
        drained.throughNanoseconds = 1_100
        slot.deliver(drained, generation: 1, isEnded: false)
        #expect(take(slot) == (0, 1_100))
        slot.deliver(try batch(trades: 1, through: nil), generation: 1, isEnded: false)
        #expect(take(slot) == (1, nil), "frames of an earlier process have another clock")
        slot.deliver(drained, generation: 1, isEnded: false)
        slot.goBack(to: 5, since: nil)
        #expect(take(slot).through == nil, "everything is read again")
        slot.deliver(drained, generation: 1, isEnded: false)
        #expect(take(slot).through == nil, "of a reading that is over")
    }
}
