import Capture
import Database
import Derivation
import Foundation
import Journal
import Network
import Synchronization
import TestKit

/// The process that `WarmBenchmark` starts again and again: journal, commit loop and derivation. It says when its
/// first trade is stored, and goes on until its input ends or it is killed.
enum WarmChild {
    static let name = "warm-child"
    static let markets = 250
    static let tradesPerSecond = 500

    static func run(_ arguments: [String]) throws {
        guard arguments.count == 4, let first = Int64(arguments[3]) else {
            throw BenchmarkError(text: "\(name) wants the server's folder, its port, a folder and a number")
        }
        let options = try ConnectionOptions(parameters: [
            "host": arguments[0], "port": arguments[1], "user": ScratchServer.user,
            "password": ScratchServer.password, "dbname": "capture",
        ])
        let journal = try Journal.open(folder: arguments[2] + "/journal", committedPosition: nil)
        let line = try CaptureLine(journal, options, quarantineFolder: arguments[2]) { time in
            [Derivation(try DerivationSettings()) { time.now }]
        }
        let ending = Ending()
        let input = try DedicatedThread(named: "input") {
            _ = FileHandle.standardInput.readDataToEndOfFile()
            ending.isOver.store(true, ordering: .releasing)
        }
        var id = first
        let began = Monotonic.nanoseconds()
        var isTold = false
        while !ending.isOver.load(ordering: .acquiring) {
            let due = began + (id - first) * 1_000_000_000 / Int64(tradesPerSecond)
            let left = due - Monotonic.nanoseconds()
            if left > 1_000 { usleep(UInt32(left / 1_000)) }
            let milliseconds = Int64(Date().timeIntervalSince1970 * 1_000)
            _ = journal.append(
                kind: .webSocket, connection: 0, time: .now(), payload: Array(message(id, milliseconds).utf8))
            id += 1
            if !isTold, line.figures.value.trades > 0 {
                isTold = true
                print("stored")
                fflush(nil)
            }
        }
        input.join()
        line.stop()
        journal.close()
    }

    private final class Ending: Sendable {
        let isOver = Atomic(false)
    }
}
