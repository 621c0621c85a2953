import Configuration

/// `yeoul completion`
struct CompletionVerb: Verb {
    let name = "completion"
    let summary = "Print the script that completes yeoul's command lines in a shell"
    let examples = [
        Example("source <(yeoul completion bash)", "complete in this bash"),
        Example("yeoul completion zsh > ~/.zfunc/_yeoul", "complete in every zsh with ~/.zfunc in its fpath"),
    ]
    let positionals = [
        PositionalDeclaration(
            "shell", .choice(CompletionScript.Shell.allCases.map(\.rawValue)), "bash or zsh")
    ]
    let readsConfiguration = false

    func run(_ invocation: Invocation) async throws {
        guard let shell = invocation.positionals.first.flatMap(CompletionScript.Shell.init) else {
            throw UsageError("the shell is missing", path: [name])
        }
        let model = CompletionModel(
            verbs: VerbTable.verbs, settingKeys: SettingTable.settings.map(\.key))
        try invocation.output.write(CompletionScript.text(shell, model))
    }
}
