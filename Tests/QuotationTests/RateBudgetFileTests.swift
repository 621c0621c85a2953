import Foundation
import Market
import Quotation
import Synchronization
import TestKit
import Testing
import Upbit

@Suite struct RateBudgetFileTests {
    private static let now = Instant(microseconds: 1_770_000_000_000_000)

    /// How many calls a budget grants at once.
    private func granted(_ budget: RateBudgetFile, at now: Instant = now) async throws -> Int {
        try await budget.update { budget, _ in
            var count = 0
            while case .granted = budget.request(.ticker, now: now) { count += 1 }
            return count
        }
    }

    @Test func whatOneTakesTheOtherDoesNotGet() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "budget")
        let first = try RateBudgetFile(path: path, table: .upbit)
        let second = try RateBudgetFile(path: path, table: .upbit)
        #expect(try await granted(first) == 10)
        #expect(try await granted(second) == 0)
        #expect(try await granted(second, at: Self.now.adding(seconds: 60)) == 10)
    }

    @Test func aBanOutlivesTheProcessThatMetIt() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "budget")
        try await RateBudgetFile(path: path, table: .upbit).update { budget, _ in
            guard case .granted(let permit) = budget.request(.ticker, now: Self.now) else { return }
            budget.finish(permit, .banned(seconds: 300), now: Self.now)
        }
        let later = Self.now.adding(seconds: 299)
        let until = try await RateBudgetFile(path: path, table: .upbit).update { budget, _ in
            budget.bannedUntil(now: later)
        }
        #expect(until != nil)
    }

    @Test(arguments: [0, 1])
    func aTornWriteLeavesTheRecordBeforeIt(place: Int) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "budget")
        let budget = try RateBudgetFile(path: path, table: .upbit)
        for call in 0..<(4 + place) {
            let isGranted = try await budget.update { budget, _ in
                if case .granted = budget.request(.ticker, now: Self.now) { true } else { false }
            }
            #expect(isGranted, "\(call)")
        }
        // The newest record is damaged in its middle.
        let record = BudgetRecord(table: .upbit)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let newest = Int(record.read(bytes).generation % 2)
        #expect(newest == place)
        var torn = bytes
        torn[newest * record.placeBytes + record.placeBytes / 2] ^= 0xFF
        try Data(torn).write(to: URL(fileURLWithPath: path))
        #expect(try await granted(try RateBudgetFile(path: path, table: .upbit)) == 10 - 4 - place + 1)
    }

    @Test func aFileThatIsNoBudgetIsBegunAfresh() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(String(repeating: "nonsense ", count: 5_000), to: "budget")
        #expect(try await granted(try RateBudgetFile(path: path, table: .upbit)) == 10)
        // Another table, another layout.
        #expect(try await granted(try RateBudgetFile(path: path, table: .bithumb)) == 150)
    }

    @Test func aFileThatCannotBeOpenedIsNamed() {
        #expect {
            try RateBudgetFile(path: "/nonexistent/budget", table: .upbit)
        } throws: {
            ($0 as? QuotationError)?.place == "/nonexistent/budget"
        }
    }

    @Test func aHolderThatIsSuspendedIsNamedAfterABoundedWaitAndADeadOneIsForgotten() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "budget")
        let budget = try RateBudgetFile(path: path, table: .upbit, holdMillisecondsMax: 200)
        // `flock` of util-linux becomes the command, which holds the lock until it is ended.
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        holder.arguments = ["--no-fork", path, "sh", "-c", "echo held; exec sleep 60"]
        let output = Pipe()
        holder.standardOutput = output
        try holder.run()
        _ = output.fileHandleForReading.readData(ofLength: 5)
        await #expect {
            try await budget.update { budget, _ in budget.bannedUntil(now: Self.now) }
        } throws: {
            ($0 as? QuotationError)?.code == .budgetHeld
        }
        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
        #expect(try await granted(try RateBudgetFile(path: path, table: .upbit)) == 10)
    }
}
