import Database
import Diagnostics
import Network
import Quotation
import Synchronization

/// Refill and proof beside a capture: everything that finds out what is missing, and gets it back.
package final class ProofParts: Sendable {
    package struct Settings: Sendable {
        package var stream = StreamProof.Settings()
        package var proof = ProofService.Settings()

        package init() {}
    }

    /// Where the decoding thread leaves tickers.
    package let tap: TickerTap
    package let book = GapBook()
    package let refill: RefillService
    package let proof: ProofService
    private let detector: GapDetector
    private let isEnded = Atomic(false)

    /// `connections` shows how the connections stand.
    package init(
        _ settings: Settings = Settings(), quotation: QuotationClient, database: Pool, host: any RefillHost,
        tap: TickerTap, connections: @escaping @Sendable () -> [CoverageTracker.Connection], logger: Logger
    ) {
        self.tap = tap
        refill = RefillService(
            quotation: quotation, database: database, host: host, book: book, logger: logger.named("refill"))
        proof = ProofService(
            settings.proof, quotation: quotation, database: database, host: host, book: book, refill: refill,
            tap: tap, logger: logger.named("proof"))
        detector = GapDetector(
            connections: connections, host: host, database: database, refill: refill, proof: proof,
            logger: logger.named("gaps"))
    }

    /// Runs until its task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.refill.run() }
            group.addTask { await self.proof.run() }
            group.addTask { await self.detector.run() }
        }
        isEnded.store(true, ordering: .releasing)
    }

    /// Waits until `run` has come to its end, but not for longer: what is not written is compared again.
    package func ended(withinMilliseconds limit: Int64) async {
        let deadline = Monotonic.milliseconds() + limit
        while !isEnded.load(ordering: .acquiring), Monotonic.milliseconds() < deadline {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
