/// All verbs, in the order of the help. A new verb is a file in this folder and a line here.
package enum VerbTable {
    package static let verbs: [any Verb] = [
        UpVerb(), ServeVerb(), StatusVerb(), CaptureVerb(), VerifyVerb(),
        GapsVerb(), RefillVerb(), RebuildVerb(),
        MarketsVerb(), PingVerb(),
        VerbGroup(
            "config", "Check and show the configuration",
            [ConfigCheckVerb(), ConfigShowVerb(), ConfigReferenceVerb()]),
        VerbGroup(
            "db", "Run, find, migrate and look into the database",
            [
                DatabaseStartVerb(), DatabaseStopVerb(), DatabaseURLVerb(), DatabasePsqlVerb(),
                DatabaseStatusVerb(), DatabaseMigrateVerb(), DatabaseRollbackVerb(),
            ] + careVerbs),
        VerbGroup(
            "journal", "Look into the journal, also while capture writes it",
            [JournalListVerb(), JournalCatVerb(), JournalVerifyVerb(), JournalExportVerb()]),
        DemoVerb(),
        ExchangeVerb(),
        DoctorVerb(),
        CompletionVerb(),
    ]

    private static let careVerbs: [any Verb] = [
        VerbGroup(
            "policies", "What is kept, and for how long",
            [DatabasePoliciesVerb(isPlan: true), DatabasePoliciesVerb(isPlan: false)]),
        DatabaseUpkeepVerb(),
        VerbGroup(
            "archive", "Old rows in files, and back",
            [
                DatabaseArchiveVerb(task: .list), DatabaseArchiveVerb(task: .verify),
                DatabaseArchiveVerb(task: .restore),
            ]),
    ]
}
