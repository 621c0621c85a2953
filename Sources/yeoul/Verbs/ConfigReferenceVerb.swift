import Configuration

/// `yeoul config reference`
struct ConfigReferenceVerb: Verb {
    let name = "reference"
    let summary = "Print what can be set: a documented file, or a table"
    let examples = [
        Example("yeoul config reference > yeoul.yaml", "a file to start from, every key with its default"),
        Example("yeoul config reference --form markdown", "the table of docs/configuration.md"),
    ]
    let options = [OptionDeclaration("form", .choice(["yaml", "markdown"]), "yaml unless given")]
    let readsConfiguration = false

    func run(_ invocation: Invocation) async throws {
        let isTable = invocation.text("form") == "markdown"
        try invocation.output.write(isTable ? SettingReference.markdown() : SettingReference.file())
    }
}
