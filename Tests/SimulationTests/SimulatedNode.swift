import Capture
import Journal
import JournalKit

/// A machine with its disk, on which the program runs, dies and runs again.
final class SimulatedNode {
    let index: Int
    let disk = SimulatedDisk()
    var process: SimulatedProcess?
    var incarnations = 0
    var startsAt: Int64 = 0
    var sockets: [SimulatedExchange.Socket?] = [nil, nil]
    /// What the journal was given, by number; after a crash, what is left of it.
    var frames: [UInt64: SentFrame] = [:]
    /// Up to here the journal said that it is on disk.
    var promised: UInt64 = 0
    /// Up to here the journal was told that the database has it, and may let go of it.
    var released: UInt64 = 0
    /// What was put aside: frames by their number, and single trades.
    var asideFrames: Set<UInt64> = []
    var asideTrades: Set<TradeKey> = []
    var diskFullUntil: Int64 = 0

    init(_ index: Int) { self.index = index }

    var name: String { "node \(index)" }

    /// Reads everything that is on disk, and compares it with what was given.
    func recover(_ process: SimulatedProcess) throws -> String? {
        var found: Set<UInt64> = []
        var fault: String?
        let feed = try process.core.feed(after: 0)
        reading: while true {
            switch try feed.poll(bytesMax: 1 << 20) {
            case .frames(let batch):
                batch.forEach { frame in
                    found.insert(frame.sequence)
                    guard let given = frames[frame.sequence] else {
                        fault = fault ?? "frame \(frame.sequence) was never given"
                        return
                    }
                    if !frame.payload.elementsEqual(given.bytes) {
                        fault = fault ?? "frame \(frame.sequence) is not what was given"
                    }
                }
            case .hole: continue
            case .nothing, .ended: break reading
            }
        }
        if let fault { return "\(name): \(fault)" }
        for sequence in frames.keys where !found.contains(sequence) {
            guard sequence > promised || sequence <= released else {
                return "\(name): frame \(sequence) was on disk (through \(promised)) and is gone"
            }
            frames[sequence] = nil
        }
        return nil
    }
}
