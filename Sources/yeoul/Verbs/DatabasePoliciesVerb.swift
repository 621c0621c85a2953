import Configuration
import Storage

/// `yeoul db policies plan` and `apply`
struct DatabasePoliciesVerb: Verb {
    /// Whether the difference is only shown.
    let isPlan: Bool

    var name: String { isPlan ? "plan" : "apply" }
    var summary: String {
        isPlan
            ? "Show how the database differs from the retention profile"
            : "Make the database as the retention profile says"
    }
    var details: String {
        "The profile is the file of retention/ that storage.retention names. A profile that would drop what is "
            + "still needed is refused as a whole."
    }
    var examples: [Example] {
        if isPlan {
            [
                Example("yeoul db policies plan", "what apply would do"),
                Example("yeoul db policies plan --set storage.retention=year", "with another profile"),
                Example("yeoul db policies plan --file mine.yaml", "with one of your own"),
                Example("yeoul db policies plan --json", "for a program"),
            ]
        } else {
            [Example("yeoul db policies apply", "after a look at the plan")]
        }
    }
    let options = [OptionDeclaration.json, OwnerDatabase.fileOption]

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        let profile = try OwnerDatabase.profile(invocation, configuration)
        try await OwnerDatabase.with(configuration) { database in
            let applier = PolicyApplier(database.directOptions, profile: profile)
            let plan = try await isPlan ? applier.plan() : applier.apply()
            try invocation.output.line(
                invocation.wantsJSON
                    ? PolicyText.json(plan, profile: profile.name, isApplied: !isPlan) : plan.text)
            if !plan.refusals.isEmpty {
                throw ProgramError(
                    "the profile \(profile.name) would be refused", remedy: "The reasons stand above.")
            }
        }
    }
}
