import Configuration
import Diagnostics
import Storage

/// `yeoul db upkeep`
struct DatabaseUpkeepVerb: Verb {
    let name = "upkeep"
    let summary = "Make partitions ahead, index cold ones, archive and drop old ones, prune notes"
    let details =
        "The service does this by itself. It can be run at any time, twice, and again after it was interrupted."
    let examples = [
        Example("yeoul db upkeep", "do what is due"),
        Example("yeoul db upkeep --plan", "show what is due"),
        Example("yeoul db upkeep --json", "for a program"),
    ]
    let options = [
        OptionDeclaration("plan", "Show what is due and do nothing"), OptionDeclaration.json,
        OwnerDatabase.fileOption,
    ]

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        let profile = try OwnerDatabase.profile(invocation, configuration)
        try await OwnerDatabase.with(configuration) { database in
            let upkeep = Upkeep(
                database.directOptions, profile: profile, archive: OwnerDatabase.archive(configuration))
            if invocation.has("plan") {
                let plan = try await upkeep.plan()
                try invocation.output.line(
                    invocation.wantsJSON ? UpkeepText.json(plan) : UpkeepText.text(plan))
                return
            }
            let report = try await upkeep.run()
            try invocation.output.line(invocation.wantsJSON ? UpkeepText.json(report) : report.text)
            if !report.failures.isEmpty {
                throw ProgramError(
                    "\(report.failures.count) steps of the upkeep failed",
                    remedy: "They stand above; the next run tries them again.")
            }
        }
    }
}
