import Capture
import Database
import Diagnostics
import Foundation
import Journal
import Network
import Storage
import TestKit

/// Journal, decoding, commits and lease, without sockets.
final class CaptureLine: Sendable {
    static let instance = Instance(exchange: "upbit", isSimulated: true, dataFolderID: "bench")

    let figures = CaptureFiguresBox()
    private let slot = BatchSlot()
    private let stopRequest = CommitLoop.StopRequest()
    private let keeper: LeaseKeeper
    private let threads: [DedicatedThread]

    convenience init(
        _ journal: Journal, _ options: ConnectionOptions, folder: TemporaryFolder,
        participants: (ExchangeTime) throws -> [any CommitParticipant & Sendable] = { _ in [] }
    ) throws {
        try self.init(journal, options, quarantineFolder: folder.path, participants: participants)
    }

    init(
        _ journal: Journal, _ options: ConnectionOptions, quarantineFolder: String,
        participants: (ExchangeTime) throws -> [any CommitParticipant & Sendable]
    ) throws {
        let logger = Logger(
            component: "bench",
            output: LogOutput(level: .warning, format: .text, colour: false, secrets: []))
        let lease = Lease(
            shard: 0,
            owner: Lease.owner(
                host: "bench", process: 1, token: UUID().uuidString, journal: journal.id.text),
            journal: journal.id.text)
        let settings = CommitSettings(
            options: options, instance: Self.instance,
            schemaVersion: try MigrationSet.embedded().newestNumber, quarantineFolder: quarantineFolder)
        let time = ExchangeTime()
        let others = try participants(time)
        let (slot, figures, stopRequest) = (slot, figures, stopRequest)
        keeper = try LeaseKeeper(lease, options: options, logger: logger)
        try keeper.start()
        threads = [
            try DedicatedThread(named: "intake") {
                IntakeLoop(IntakeSettings(), slot: slot, time: time, clockFrom: 0, logger: logger)
                    .run(JournalFrames(journal))
            },
            try DedicatedThread(named: "commit") {
                CommitLoop(
                    settings, slot: slot, lease: lease, time: time, figures: figures, participants: others,
                    stopRequest: stopRequest, logger: logger
                ).run { journal.committed(through: $0) }
            },
        ]
    }

    /// Waits, on a thread that may, until so many trades are stored.
    func wait(trades: Int) throws {
        let deadline = Monotonic.milliseconds() + 120_000
        while figures.value.trades < trades {
            guard Monotonic.milliseconds() < deadline else {
                throw BenchmarkError(text: "only \(figures.value.trades) of \(trades) were stored")
            }
            usleep(1_000)
        }
    }

    func stop() {
        stopRequest.make()
        threads[1].join()
        slot.stop()
        threads[0].join()
        keeper.stop()
    }
}
