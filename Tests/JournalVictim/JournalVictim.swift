import Glibc
import Journal

/// A process that writes a journal, for tests that kill it or take its disk away.
///
///     JournalVictim write FOLDER          appends for ever; FOLDER/../acked says what is synced
///     JournalVictim fill FOLDER BALLAST   appends until the disk is full, removes the file BALLAST, goes on
///     JournalVictim limited FOLDER        the same where no file may grow beyond a limit that is lifted
@main
struct JournalVictim {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3 else { exit(64) }
        switch arguments[1] {
        case "write": try write(to: arguments[2])
        case "fill":
            try fill(arguments[2]) {
                unlink(arguments.count > 3 ? arguments[3] : "")
            }
        case "limited":
            signal(SIGXFSZ, SIG_IGN)
            limitFiles(to: 1 << 20)
            try fill(arguments[2]) { limitFiles(to: 1 << 30) }
        default: exit(64)
        }
    }

    /// What a frame of this number holds: a reader can tell whether it is right.
    static func payload(_ sequence: UInt64) -> [UInt8] {
        var text = "\(sequence) "
        var state = sequence
        while text.utf8.count < 30 + Int(sequence % 700) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += String(state >> 40, radix: 36)
        }
        return Array(text.utf8)
    }

    static func limitFiles(to bytes: Int) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        limit.rlim_cur = rlim_t(bytes)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }

    static func settings() -> JournalSettings {
        var settings = JournalSettings()
        settings.ringBytes = 1 << 20
        settings.segmentBytes = 1 << 21
        settings.freeReserveBytes = 0
        settings.retryMilliseconds = 50
        settings.upkeepMilliseconds = 50
        return settings
    }

    static func write(to folder: String) throws {
        let journal = try Journal.open(folder: folder, settings: settings(), committedPosition: 0)
        let acked = open(folder + "/../acked", O_RDWR | O_CREAT, 0o600)
        while true {
            for _ in 0..<200 {
                let next = journal.figures.lastSequence + 1
                _ = journal.append(kind: .webSocket, connection: 1, time: .now(), payload: payload(next))
            }
            var synced = journal.figures.syncedThrough
            _ = withUnsafeBytes(of: &synced) { pwrite(acked, $0.baseAddress, 8, 0) }
            usleep(2_000)
        }
    }

    static func fill(_ folder: String, makeRoom: () -> Void) throws {
        let journal = try Journal.open(folder: folder, settings: settings(), committedPosition: 0)
        var accepted: UInt64 = 0
        var refused = 0
        // A bound for a disk that never gets full.
        for _ in 0..<400_000 where refused < 10 {
            let outcome = journal.append(
                kind: .webSocket, connection: 1, time: .now(), payload: payload(accepted + 1))
            if case .accepted(let sequence) = outcome {
                accepted = sequence
            } else {
                refused += journal.figures.state == .full ? 1 : 0
                usleep(10_000)
            }
        }
        let full = journal.figures
        makeRoom()
        for _ in 0..<500 where journal.figures.state != .normal { usleep(10_000) }
        for _ in 0..<1_000 {
            if case .accepted(let sequence) = journal.append(
                kind: .webSocket, connection: 1, time: .now(), payload: payload(accepted + 1))
            {
                accepted = sequence
            }
        }
        let feed = try journal.feed(after: 0)
        var sound: UInt64 = 0
        reading: while sound < accepted {
            switch try feed.next(bytesMax: 1 << 20, waitMilliseconds: 2_000) {
            case .frames(let batch):
                batch.forEach { frame in
                    if frame.sequence == sound + 1, Array(frame.payload) == payload(frame.sequence) {
                        sound += 1
                    }
                }
            case .hole, .nothing, .ended: break reading
            }
        }
        let isClosed = journal.close()
        print(
            "refused=\(refused) state=\(full.state.rawValue) failures=\(full.written.failures > 0) "
                + "whole=\(sound == accepted) more=\(accepted > full.lastSequence) closed=\(isClosed)")
    }
}
