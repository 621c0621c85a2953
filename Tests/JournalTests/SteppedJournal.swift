import Journal
import JournalKit
import TestKit

/// A journal without a thread on a simulated disk, with a clock of its own.
struct SteppedJournal {
    let disk: SimulatedDisk
    var settings: JournalSettings
    var core: JournalCore
    var now = JournalTime(monotonicNanoseconds: 1_000_000_000, unixMicroseconds: 1_700_000_000_000_000)

    static var small: JournalSettings {
        var settings = JournalSettings()
        settings.ringBytes = 64 << 10
        settings.blockBytes = 2_048
        settings.syncBytes = 8_192
        settings.segmentBytes = 16 << 10
        settings.sizeMax = 1 << 20
        settings.freeReserveBytes = 0
        return settings
    }

    init(
        _ disk: SimulatedDisk = SimulatedDisk(), _ settings: JournalSettings = Self.small,
        committed: UInt64? = 0, seed: UInt64 = 1
    ) throws {
        self.disk = disk
        self.settings = settings
        core = try JournalCore(disk: disk, settings: settings, committedPosition: committed, seed: seed)
    }

    mutating func pass(milliseconds: Int) {
        now.monotonicNanoseconds += Int64(milliseconds) * 1_000_000
        now.unixMicroseconds += Int64(milliseconds) * 1_000
    }

    @discardableResult
    func append(_ payload: [UInt8], kind: FrameKind = .webSocket, label: String = "") -> AppendOutcome {
        payload.withUnsafeBytes {
            core.append(kind: kind, connection: 7, time: now, label: label, payload: $0)
        }
    }

    /// Frames whose payload says their number, so that each can be checked: `bytes` long and not too regular.
    static func payload(_ sequence: UInt64, bytes: Int = 100) -> [UInt8] {
        var payload = Array(String(sequence).utf8) + [0x20]
        var state = sequence
        for _ in 0..<max(0, bytes - 20) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            payload.append(97 + UInt8(truncatingIfNeeded: state >> 60))
        }
        return payload
    }

    /// Appends so many, syncing as it goes; returns the last accepted number.
    @discardableResult
    mutating func fill(_ count: Int, bytes: Int = 100) -> UInt64 {
        for _ in 0..<count {
            _ = append(Self.payload(core.figures.lastSequence + 1, bytes: bytes))
            pass(milliseconds: 1)
            core.step(at: now)
        }
        pass(milliseconds: 100)
        core.step(at: now)
        return core.figures.lastSequence
    }

    /// Everything that a feed gives now.
    static func read(_ feed: JournalFeed, bytesMax: Int = 4_096) throws -> (
        frames: [(UInt64, [UInt8])], holes: [JournalHole]
    ) {
        var frames: [(UInt64, [UInt8])] = []
        var holes: [JournalHole] = []
        while true {
            switch try feed.poll(bytesMax: bytesMax) {
            case .frames(let batch): batch.forEach { frames.append(($0.sequence, Array($0.payload))) }
            case .hole(let hole): holes.append(hole)
            case .nothing, .ended: return (frames, holes)
            }
        }
    }
}
