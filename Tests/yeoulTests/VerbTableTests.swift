import TestKit
import Testing
import yeoul

/// Every verb of the table, whoever wrote it.
@Suite struct VerbTableTests {
    private struct Place {
        let path: [String]
        let verb: any Verb
    }

    private var all: [Place] {
        func below(_ verbs: [any Verb], _ path: [String]) -> [Place] {
            verbs.flatMap { [Place(path: path + [$0.name], verb: $0)] + below($0.subverbs, path + [$0.name]) }
        }
        return below(VerbTable.verbs, [])
    }

    @Test func everyVerbHasHelpWithAnExample() {
        for place in all {
            let help = HelpText.text(path: place.path, verbs: VerbTable.verbs)
            #expect(help.hasPrefix(place.verb.summary + "\n"))
            #expect(help.contains("Usage: yeoul \(place.path.joined(separator: " "))"))
            #expect(help.contains("Examples:\n  "), "\(place.path)")
            for option in place.verb.options { #expect(help.contains(option.shown)) }
            for positional in place.verb.positionals { #expect(help.contains(positional.shown)) }
        }
    }

    /// The part of an example that is our command line; anything of a shell ends it.
    private func words(of example: Example) -> [String]? {
        guard let start = example.command.firstRange(of: "yeoul ")?.upperBound else { return nil }
        let line = example.command[start...].prefix { !"|>)&;<".contains($0) }
        return line.split(separator: " ").map(String.init)
    }

    @Test func everyExampleParsesAsItsVerb() throws {
        for place in all where place.verb.subverbs.isEmpty {
            #expect(!place.verb.examples.isEmpty, "\(place.path)")
            for example in place.verb.examples {
                let arguments = try #require(words(of: example))
                let command = try ArgumentParser.parse(arguments, verbs: VerbTable.verbs)
                guard case .run(_, let parsed) = command else {
                    Issue.record("\(example.command) does not run")
                    continue
                }
                #expect(parsed.path == place.path)
            }
        }
    }

    @Test func namesAreUniqueAndSummariesAreOneLine() {
        #expect(Set(all.map(\.path)).count == all.count)
        for place in all {
            #expect(!place.verb.summary.hasSuffix(".") && !place.verb.summary.contains("\n"))
            let names = CommonOptions.all(of: place.verb).map(\.name)
            #expect(Set(names).count == names.count, "\(place.path)")
            #expect(place.verb.positionals.dropLast().allSatisfy { !$0.isRepeatable })
        }
    }

    @Test func theDocumentedExitCodesAreThoseOfTheProgram() throws {
        let document = try Repository.text(of: "docs/operations.md")
        for code in ExitCode.allCases { #expect(document.contains("| \(code.rawValue) | \(code.meaning) |")) }
    }
}
