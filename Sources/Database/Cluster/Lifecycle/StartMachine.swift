/// Decides, fact by fact, what brings the private server to where it answers. Knows no clock and no file.
package struct StartMachine: Sendable {
    package enum Action: Sendable, Equatable {
        /// Remove what an interrupted creation left behind.
        case removeUnfinishedCreation
        /// Make a cluster with the programs of this major version.
        case create(major: Int)
        /// Give the roles new passwords: the file with the old ones was lost.
        case resetPasswords(major: Int)
        /// Remove a postmaster.pid that no server stands behind.
        case removeStaleFile
        case spawn(major: Int)
        case wait(milliseconds: Int)
        /// The server answers; whether we started it, or it ran already.
        case ready(PostmasterFile, startedByUs: Bool)
        case refuse(Reason)
    }

    package enum Reason: Sendable, Equatable {
        case damaged(String)
        case otherMajor(found: Int, installed: [Int])
        case diskFull(freeBytes: Int64, neededBytes: Int64)
        case orphans([Int32])
        case passwordsMissing(pid: Int32)
        /// The server that we started ended; its wait status.
        case serverEnded(Int32)
        /// The deadline passed while the server was starting, or silent.
        case notReady(pid: Int32?, status: PostmasterFile.Status?)
        /// The same step was needed twice: it does not help.
        case noProgress(String)
    }

    /// A new cluster takes about 50 MB, its first log segments 32 MB more.
    package static let createBytesMin: Int64 = 128 << 20
    /// A server that cannot write one more log segment ends by a panic.
    package static let startBytesMin: Int64 = 16 << 20
    static let pollMilliseconds = 20

    private enum Step: Hashable {
        case removeUnfinishedCreation, create, resetPasswords, removeStaleFile, spawn
    }

    private let deadlines: ClusterDeadlines
    private var taken: Set<Step> = []
    /// When we first saw what we wait for.
    private var waitingForServerSince: Int64?
    private var waitingForOrphansSince: Int64?

    package init(deadlines: ClusterDeadlines) {
        self.deadlines = deadlines
    }

    package mutating func next(_ facts: ClusterFacts, nowMilliseconds: Int64) -> Action {
        if case .damaged(let why) = facts.server { return .refuse(.damaged(why)) }
        if case .running(let file) = facts.postmaster {
            return follow(file, facts, nowMilliseconds)
        }
        if taken.contains(.spawn) {
            switch facts.child {
            case .ended(let status): return .refuse(.serverEnded(status))
            case .running: return waitForServer(nil, nowMilliseconds)
            // It was ready, or nearly, and is gone: somebody stopped it meanwhile.
            case .none: return .refuse(.noProgress("the server ended while it started"))
            }
        }
        if !facts.orphans.isEmpty { return waitForOrphans(facts.orphans, nowMilliseconds) }
        return prepare(facts)
    }

    /// A server runs: wait until it answers.
    private mutating func follow(_ file: PostmasterFile, _ facts: ClusterFacts, _ now: Int64) -> Action {
        guard facts.hasPasswords else { return .refuse(.passwordsMissing(pid: file.pid)) }
        if facts.answers && (file.status == .ready || file.status == .standby) {
            return .ready(file, startedByUs: taken.contains(.spawn))
        }
        return waitForServer(file, now)
    }

    private mutating func waitForServer(_ file: PostmasterFile?, _ now: Int64) -> Action {
        let since = waitingForServerSince ?? now
        waitingForServerSince = since
        if now - since >= Int64(deadlines.startMilliseconds) {
            return .refuse(.notReady(pid: file?.pid, status: file?.status))
        }
        return .wait(milliseconds: Self.pollMilliseconds)
    }

    private mutating func waitForOrphans(_ orphans: [Int32], _ now: Int64) -> Action {
        let since = waitingForOrphansSince ?? now
        waitingForOrphansSince = since
        if now - since >= Int64(deadlines.orphansMilliseconds) { return .refuse(.orphans(orphans)) }
        return .wait(milliseconds: Self.pollMilliseconds)
    }

    /// No server and no process: one step towards a start. Each step is taken once.
    private mutating func prepare(_ facts: ClusterFacts) -> Action {
        if facts.hasUnfinishedCreation {
            return once(.removeUnfinishedCreation, .removeUnfinishedCreation, "the unfinished cluster stays")
        }
        switch facts.server {
        case .absent:
            guard let newest = facts.installedMajors.max() else {
                return .refuse(.otherMajor(found: 0, installed: []))
            }
            if facts.freeBytes < Self.createBytesMin {
                return .refuse(.diskFull(freeBytes: facts.freeBytes, neededBytes: Self.createBytesMin))
            }
            return once(.create, .create(major: newest), "the new cluster does not appear")
        case .damaged(let why):
            return .refuse(.damaged(why))
        case .cluster(let major):
            guard facts.installedMajors.contains(major) else {
                return .refuse(.otherMajor(found: major, installed: facts.installedMajors))
            }
            if facts.freeBytes < Self.startBytesMin {
                return .refuse(.diskFull(freeBytes: facts.freeBytes, neededBytes: Self.startBytesMin))
            }
            if case .stale = facts.postmaster {
                return once(.removeStaleFile, .removeStaleFile, "the stale postmaster.pid stays")
            }
            if !facts.hasPasswords {
                return once(.resetPasswords, .resetPasswords(major: major), "the passwords stay incomplete")
            }
            return once(.spawn, .spawn(major: major), "the server does not start")
        }
    }

    private mutating func once(_ step: Step, _ action: Action, _ whyNot: String) -> Action {
        guard taken.insert(step).inserted else { return .refuse(.noProgress(whyNot)) }
        return action
    }
}
