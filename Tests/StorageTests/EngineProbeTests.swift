import Diagnostics
import Storage
import Testing

@Suite struct EngineProbeTests {
    private var full: EngineFacts {
        EngineFacts(
            serverVersion: 150_020, available: ExtensionVersion(2, 28, 3),
            installed: ExtensionVersion(2, 28, 3),
            extensionSchema: "public", isPreloaded: true, license: "timescale")
    }

    private func refusal(_ choice: EngineChoice, _ facts: EngineFacts) -> String? {
        do {
            _ = try EngineProbe.choose(choice, facts)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func timescaleIsChosenWhereTheServerHasIt() throws {
        let decision = try EngineProbe.choose(.automatic, full)
        #expect(decision == EngineDecision(.timescale, hasContinuousAggregates: true))
        #expect(try EngineProbe.choose(.native, full).name == .native)
    }

    @Test func theApacheBuildGivesHypertablesWithoutAggregates() throws {
        var facts = full
        facts.license = "apache"
        let decision = try EngineProbe.choose(.automatic, facts)
        #expect(decision.name == .timescale)
        #expect(!decision.hasContinuousAggregates)
        #expect(decision.notes.first?.contains("Apache license") == true)
    }

    @Test func withoutTimescaleTheEngineIsNativeUnlessForced() throws {
        let facts = EngineFacts(serverVersion: 180_000)
        #expect(try EngineProbe.choose(.automatic, facts) == EngineDecision(.native))
        #expect(refusal(.timescale, facts)?.contains("Install the extension") == true)
    }

    @Test func aServerThatDidNotLoadTheLibraryIsNamed() throws {
        var facts = full
        facts.installed = nil
        facts.isPreloaded = false
        #expect(try EngineProbe.choose(.automatic, facts).notes.first?.contains("did not load") == true)
        #expect(refusal(.timescale, facts)?.contains("restart the server") == true)
    }

    @Test func aDatabaseWithTimescaleOnAServerWithoutItIsRefused() throws {
        var facts = full
        facts.available = nil
        facts.isPreloaded = false
        facts.license = nil
        for choice in [EngineChoice.automatic, .timescale] {
            #expect(throws: StorageError.self) {
                try EngineProbe.confirm(.timescale, hasContinuousAggregates: true, choice: choice, facts)
            }
        }
        #expect(refusal(.timescale, facts)?.contains("uses TimescaleDB 2.28.3, which this server") == true)
    }

    @Test func versionsBelowTheFloorAreRefused() throws {
        var facts = full
        facts.installed = ExtensionVersion("2.17.2")
        #expect(refusal(.automatic, facts)?.contains("older than 2.17.3") == true)
        facts.installed = nil
        facts.available = ExtensionVersion("2.9.0")
        #expect(try EngineProbe.choose(.automatic, facts).name == .native)
        #expect(refusal(.timescale, facts)?.contains("2.9.0") == true)
        #expect(refusal(.automatic, EngineFacts(serverVersion: 140_010))?.contains("PostgreSQL 14") == true)
    }

    @Test func aDatabaseKeepsItsEngine() throws {
        let facts = EngineFacts(serverVersion: 150_020)
        let kept = try EngineProbe.confirm(.native, hasContinuousAggregates: false, choice: .automatic, full)
        #expect(kept.name == .native)
        #expect(throws: StorageError.self) {
            try EngineProbe.confirm(.timescale, hasContinuousAggregates: true, choice: .automatic, facts)
        }
        #expect(throws: StorageError.self) {
            try EngineProbe.confirm(.native, hasContinuousAggregates: false, choice: .timescale, full)
        }
        var apache = full
        apache.license = "apache"
        #expect(throws: StorageError.self) {
            try EngineProbe.confirm(.timescale, hasContinuousAggregates: true, choice: .automatic, apache)
        }
    }

    @Test func versionsCompareByNumbers() {
        #expect(ExtensionVersion(2, 9) < ExtensionVersion(2, 10, 1))
        #expect(ExtensionVersion("2.28.3-dev") == ExtensionVersion(2, 28, 3))
        #expect(ExtensionVersion("2.x") == nil)
    }
}
