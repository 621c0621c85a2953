import Configuration
import TestKit
import Testing
import YAML

/// The documents say what the code does.
@Suite struct ReferenceTests {
    @Test func theFileIsTheDefaultsKeyByKey() throws {
        let document = try YAMLDocument(readingFile: Repository.root + "/config/yeoul.yaml")
        func leaves(_ node: YAMLNode, _ prefix: String) -> [(String, String)] {
            (node.entries ?? []).flatMap { entry in
                entry.value.entries == nil
                    ? [(prefix + entry.key, entry.value.isNull ? "" : entry.value.scalar?.text ?? "?")]
                    : leaves(entry.value, prefix + entry.key + ".")
            }
        }
        let written = leaves(document.root, "")
        #expect(written.map(\.0) == SettingTable.settings.map(\.key))
        for ((key, text), setting) in zip(written, SettingTable.settings) {
            if case .written(let standard) = setting.standard {
                #expect(text == standard, "\(key)")
            } else {
                #expect(text == "", "\(key)")
            }
        }
        var loading = try Loading()
        let defaults = try loading.typed()
        try loading.write(try Repository.text(of: "config/yeoul.yaml"))
        #expect(try loading.typed() == defaults)
    }

    @Test func theFileDocumentsEveryLine() throws {
        #expect(try Repository.text(of: "config/yeoul.yaml") == SettingReference.file())
        for setting in SettingTable.settings {
            #expect(SettingReference.file().contains("# \(setting.summary).\n"))
        }
    }

    @Test func theReferenceIsTheTable() throws {
        let document = try Repository.text(of: "docs/configuration.md")
        let begin = try #require(document.firstRange(of: "<!-- reference -->\n"))
        let end = try #require(document.firstRange(of: "<!-- end of reference -->"))
        #expect(String(document[begin.upperBound..<end.lowerBound]) == SettingReference.markdown())
    }

    @Test func theExampleOfTheEnvironmentIsComplete() throws {
        let example = try Repository.text(of: ".env.example")
        let opened = example.split(separator: "\n").filter { $0.hasPrefix("#") && !$0.hasPrefix("# ") }
            .map { $0.dropFirst() }.joined(separator: "\n")
        let file = DotEnv(parsing: Array(opened.utf8), file: ".env")
        #expect(file.mistakes.isEmpty)
        for name in SettingTable.settings.flatMap(\.environment) {
            #expect(file.entries[name] != nil, "\(name)")
        }
        var loading = try Loading()
        try loading.write(
            opened.split(separator: "\n").filter { !$0.hasPrefix("YEOUL_CONFIG") }.joined(separator: "\n"),
            to: ".env")
        #expect(throws: Never.self) { try loading.typed() }
    }

    @Test func keysAreUniqueAndSoAreNames() {
        let settings = SettingTable.settings
        #expect(Set(settings.map(\.key)).count == settings.count)
        let names = settings.flatMap { $0.environment + [$0.generalEnvironmentName] }
        #expect(Set(names).count == names.count)
        let flags = settings.compactMap(\.flag)
        #expect(Set(flags).count == flags.count)
    }
}
