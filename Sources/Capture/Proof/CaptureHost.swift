import Journal
import Market
import Upbit

/// The capture as refill and proof see it.
package final class CaptureHost: RefillHost {
    private let journalOfFrames: Journal
    private let figures: CaptureFiguresBox
    private let time: ExchangeTime
    private let counts: @Sendable () -> [Symbol: Int64]

    /// `counts` are messages or trades of each market.
    package init(
        journal: Journal, figures: CaptureFiguresBox, time: ExchangeTime,
        counts: @escaping @Sendable () -> [Symbol: Int64]
    ) {
        journalOfFrames = journal
        self.figures = figures
        self.time = time
        self.counts = counts
    }

    package var lastSequence: UInt64 { journalOfFrames.figures.lastSequence }
    package var committedSequence: UInt64 { figures.value.position }
    package var isActive: Bool { figures.value.isStoring }
    package var exchangeNow: Instant { time.now }
    package var activity: [Symbol: Double] { counts().mapValues(Double.init) }

    package func journal(page: [UInt8], of symbol: Symbol, request: RESTRequest) -> UInt64? {
        let label = RestLabel(market: symbol.description, request: request.target)
        let outcome = journalOfFrames.append(
            kind: .restPage, connection: 0, time: .now(), label: label.text, payload: page)
        guard case .accepted(let sequence) = outcome else { return nil }
        return sequence
    }
}
