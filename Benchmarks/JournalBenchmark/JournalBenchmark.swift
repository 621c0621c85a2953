import Glibc
import Journal
import TestKit

/// The journal beside its two halves in the same run: zstd in memory, and plain synced writes.
///
///     JournalBenchmark           fast and paced
///     JournalBenchmark sizes     levels and block sizes
@main
struct JournalBenchmark {
    static let rounds = 5
    /// The writer does what zstd does, and sums, copies and writes besides.
    static let ratioWanted = 0.6

    static func main() throws {
        let recorded = try RecordedFrames(
            markets: 250, tradesPerSecond: 5_000, milliseconds: 20_000,
            types: ["trade", "ticker", "orderbook"])
        let raw = encoded(recorded)
        say("\(recorded.frames.count) frames, \(raw.count / 1_000_000) MB with heads")
        if CommandLine.arguments.contains("sizes") { return sizes(raw) }
        var ratios: [Double] = []
        for _ in 0..<rounds { ratios.append(try fast(recorded, raw)) }
        try paced()
        let median = ratios.sorted()[ratios.count / 2]
        say("journal : zstd -1 in memory, median \(rounded(median)), wanted at least \(ratioWanted)")
        exit(median >= ratioWanted ? 0 : 1)
    }

    static func encoded(_ recorded: RecordedFrames) -> [UInt8] {
        var raw: [UInt8] = []
        for frame in recorded.frames {
            let milliseconds = frame.milliseconds
            withUnsafeBytes(of: (milliseconds * 1_000_000, milliseconds * 1_000, Int64(1), UInt32(0))) {
                raw.append(contentsOf: $0.prefix(28))
            }
            raw.append(contentsOf: frame.bytes)
        }
        return raw
    }

    /// As fast as it goes into a folder; returns the rate against zstd alone.
    static func fast(_ recorded: RecordedFrames, _ raw: [UInt8]) throws -> Double {
        let folder = try TemporaryFolder(named: "journal-benchmark")
        let packing = seconds { _ = References.pack(raw, blockBytes: 256 << 10, level: 1) }
        var isWritten = false
        let writing = seconds {
            isWritten = References.write(raw, to: folder.path(of: "plain"), groupBytes: 1 << 20)
        }
        var settings = JournalSettings()
        settings.freeReserveBytes = 0
        let journal = try Journal.open(
            folder: folder.path(of: "journal"), settings: settings, committedPosition: 0)
        let processor = processorSeconds()
        let journalling = seconds {
            for frame in recorded.frames {
                while true {
                    let outcome = journal.append(
                        kind: .webSocket, connection: 1, time: .now(), payload: frame.bytes)
                    guard outcome == .full else { break }
                    usleep(500)
                }
            }
            journal.close()
        }
        let used = processorSeconds() - processor
        let figures = journal.figures
        guard isWritten, figures.syncedThrough == UInt64(recorded.frames.count) else {
            say("not everything was written")
            exit(1)
        }
        let megabytes = Double(raw.count) / 1e6
        let ratio = Double(figures.written.rawBytes) / Double(figures.written.storedBytes)
        say(
            "journal \(Int(megabytes / journalling)) MB/s, 1:\(rounded(ratio)), "
                + "\(Int(used * 1e9) / recorded.frames.count) ns CPU a message, "
                + "\(figures.written.syncs) syncs; zstd -1 in memory \(Int(megabytes / packing)) MB/s; "
                + "write + fdatasync each MiB \(Int(megabytes / writing)) MB/s")
        return packing / journalling
    }

    /// A calm and a busy market in their own time, with a sync each 20 ms as capture has it.
    static func paced() throws {
        for rate in [30.0, 1_000, 5_000] {
            let recorded = try RecordedFrames(
                markets: 250, tradesPerSecond: rate, milliseconds: 5_000,
                types: ["trade", "ticker", "orderbook"])
            let folder = try TemporaryFolder(named: "journal-benchmark")
            let core = try JournalCore(
                disk: FolderDisk(path: folder.path), settings: JournalSettings(), committedPosition: 0,
                seed: 1)
            let processor = processorSeconds()
            for frame in recorded.frames {
                let now = JournalTime(
                    monotonicNanoseconds: frame.milliseconds * 1_000_000,
                    unixMicroseconds: 1_772_515_200_000_000 + frame.milliseconds * 1_000)
                frame.bytes.withUnsafeBytes {
                    _ = core.append(kind: .webSocket, connection: 1, time: now, payload: $0)
                }
                core.step(at: now)
            }
            let used = processorSeconds() - processor
            let written = core.figures.written
            let count = max(1, recorded.frames.count)
            say(
                "at \(Int(rate)) trades/s, \(count / 5) messages/s: "
                    + "1:\(rounded(Double(written.rawBytes) / Double(max(1, written.storedBytes)))), "
                    + "\(written.syncs / 5) syncs/s, \(Int(used * 1e9) / count) ns CPU a message, "
                    + "\(written.storedBytes * 17_280 / 1_000_000) MB a day")
        }
    }

    static func sizes(_ raw: [UInt8]) {
        for level in [1, 3, 6] as [Int32] {
            for kilobytes in [4, 16, 64, 256, 1_024] {
                var packed = 0
                let time = seconds {
                    packed = References.pack(raw, blockBytes: kilobytes << 10, level: level)
                }
                say(
                    "level \(level), \(kilobytes) KiB: 1:\(rounded(Double(raw.count) / Double(packed))), "
                        + "\(Int(Double(raw.count) / time / 1e6)) MB/s")
            }
        }
    }

    static func seconds(_ work: () -> Void) -> Double {
        let start = JournalTime.now().monotonicNanoseconds
        work()
        return Double(JournalTime.now().monotonicNanoseconds - start) / 1e9
    }

    static func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let micros = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(micros) / 1e6
    }

    static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    /// Each line at once, also into a file.
    static func say(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = line.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
