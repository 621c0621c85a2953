/// What may follow each path of verbs; both shells' scripts are made from it.
package struct CompletionModel {
    package struct Level: Equatable {
        /// Verbs before the word, with a blank before each: "", " db", " db migrate".
        package let path: String
        package let subverbs: [String]
        /// With dashes.
        package let options: [String]
        package let positionalChoices: [String]
        package let takesPaths: Bool
    }

    package struct ValueOption: Equatable {
        /// With dashes.
        package let name: String
        package let choices: [String]
        package let takesPath: Bool
    }

    package private(set) var levels: [Level] = []
    package private(set) var valueOptions: [ValueOption] = []

    package init(verbs: [any Verb], settingKeys: [String]) {
        let top = CommonOptions.ofConfiguration + [CommonOptions.help, CommonOptions.version]
        levels.append(
            Level(
                path: "", subverbs: verbs.map(\.name) + ["help"], options: top.map { "--" + $0.name },
                positionalChoices: [], takesPaths: false))
        addValueOptions(top, settingKeys)
        for verb in verbs { add(verb, path: " " + verb.name, settingKeys) }
    }

    private mutating func add(_ verb: any Verb, path: String, _ settingKeys: [String]) {
        let options = CommonOptions.all(of: verb)
        var choices: [String] = []
        for positional in verb.positionals {
            if case .choice(let names) = positional.value { choices += names }
        }
        levels.append(
            Level(
                path: path, subverbs: verb.subverbs.map(\.name), options: options.map { "--" + $0.name },
                positionalChoices: choices, takesPaths: verb.positionals.contains { $0.value == .path }))
        addValueOptions(options, settingKeys)
        for subverb in verb.subverbs { add(subverb, path: path + " " + subverb.name, settingKeys) }
    }

    private mutating func addValueOptions(_ options: [OptionDeclaration], _ settingKeys: [String]) {
        for option in options where option.value != .none {
            let name = "--" + option.name
            guard !valueOptions.contains(where: { $0.name == name }) else { continue }
            var choices: [String] = []
            var takesPath = false
            switch option.value {
            case .choice(let names): choices = names
            case .path: takesPath = true
            default: break
            }
            if option == CommonOptions.set { choices = settingKeys.map { $0 + "=" } }
            valueOptions.append(ValueOption(name: name, choices: choices, takesPath: takesPath))
        }
    }
}
