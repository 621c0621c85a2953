import Foundation
import TestKit
import Testing

/// The journal's disk gets full while the database is away: capture says so, takes nothing it cannot keep, and
/// goes on by itself; what it had taken is stored once.
@Suite(.serialized) struct FullJournalTests {
    /// A file system of a few MiB for the journal, in a name space of its own; what is left on it at the end is
    /// copied beside it.
    private static let launcher = """
        mount -t tmpfs -o "size=$1" none "$0" || { echo "no file system may be mounted"; exit 77; }
        shift
        "$@" &
        capture=$!
        trap 'kill -TERM "$capture"' TERM
        wait "$capture"; code=$?
        while kill -0 "$capture" 2>/dev/null; do wait "$capture"; code=$?; done
        cp -r "$0" "$0.kept" || exit 78
        exit "$code"
        """

    private static let isTorture = CaptureTown.isTorture
    private static let diskMiB = isTorture ? 24 : 3

    /// Whether this account may mount; root may, others where the system lets them be root of a name space.
    private static func mayMount() async -> Bool {
        let words = unshare + ["/bin/sh", "-c", "mount -t tmpfs -o size=1m none /mnt"]
        let result = try? await YeoulProgram.run(
            words[0], Array(words.dropFirst()), environment: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"])
        return result?.status == 0
    }

    private static var unshare: [String] { ["/usr/bin/unshare", geteuid() == 0 ? "-m" : "-Urm"] }

    @Test func aFullDiskStopsNothingForGoodAndLosesNothing() async throws {
        let town = try await CaptureTown()
        let place = town.folder.path(of: "journal")
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        var settings = ["YEOUL__JOURNAL__FOLDER": place, "YEOUL__JOURNAL__FREE_RESERVE": "0"]
        var launcher: [String] = []
        let isDisk = await Self.mayMount()
        if isDisk {
            settings["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin"
            launcher = Self.unshare + ["/bin/sh", "-c", Self.launcher, place, "\(Self.diskMiB)m"]
        } else {
            print("➜ nothing may be mounted here: journal.size_max stands in for the full disk")
            settings["YEOUL__JOURNAL__SIZE_MAX"] = "\(Self.diskMiB)MiB"
        }
        let capture = try town.capture(settings: settings, launcher: launcher)
        #expect(try await town.storesMore(1_000), "\(capture.output)")
        try await town.server.stop()
        let isFull = try await CaptureTown.eventually(seconds: Self.isTorture ? 200 : 90) {
            capture.output.contains("the journal is full")
        }
        #expect(isFull, "\(capture.output.suffix(3_000))")
        // As it is now, nothing of the outage committed: all of it must be stored in the end.
        let seen = isDisk ? "/proc/\(capture.pid)/root\(place)" : place
        let copy = town.folder.path(of: "copy")
        let copied = try await YeoulProgram.run("/bin/cp", ["-r", seen, copy])
        #expect(copied.status == 0, "\(copied.errors)")
        try await Task.sleep(for: .seconds(Self.isTorture ? 20 : 1))
        try await town.server.start()
        let isWell = try await CaptureTown.eventually(seconds: 90) {
            capture.output.contains("the journal is well again")
        }
        #expect(isWell, "\(capture.output.suffix(3_000))")
        #expect(try await town.storesMore(3_000), "\(capture.output.suffix(3_000))")
        // The time in which nothing was taken is known of each market.
        let gaps = try await town.answer(
            "SELECT count(DISTINCT symbol) FROM market.gaps WHERE reason = 'journal_full' AND channel = 'trade'"
        )
        #expect(gaps == "40")
        try await town.settle(
            capture, isDisk ? "the journal's disk full" : "the journal at its bound",
            journals: [copy, isDisk ? place + ".kept" : place])
    }
}
