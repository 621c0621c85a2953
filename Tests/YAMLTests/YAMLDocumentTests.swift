import Testing
import YAML

@Suite struct YAMLDocumentTests {
    private func parse(_ text: String, limits: YAMLLimits = .standard) throws -> YAMLDocument {
        try YAMLDocument(parsing: Array(text.utf8), file: "a.yaml", limits: limits)
    }

    @Test func keepsTheOrderOfAMapping() throws {
        let document = try parse("zebra: 1\napple: 2\nmango: 3\n")
        #expect(document.root.entries?.map(\.key) == ["zebra", "apple", "mango"])
    }

    @Test func knowsLinesAndColumnsOfKeysAndValues() throws {
        let root = try parse("# a comment\ndata:\n  folder: /tmp/새 폴더\nlist: [one,  two]\n").root
        let data = try #require(root.entries?.first)
        #expect(data.keyPosition == YAMLPosition(line: 2, column: 1))
        let folder = try #require(data.value.entries?.first)
        #expect(folder.keyPosition == YAMLPosition(line: 3, column: 3))
        #expect(folder.value.position == YAMLPosition(line: 3, column: 11))
        #expect(folder.value.scalar?.text == "/tmp/새 폴더")
        #expect(root["list"]?.elements?[1].position == YAMLPosition(line: 4, column: 14))
    }

    @Test func keepsTextAsItIsWrittenAndSaysHowItWasQuoted() throws {
        let root = try parse(
            """
            plain: 010
            single: 'no'
            double: "a\\tb"
            literal: |
              one
              two
            folded: >
              one
              two
            """
        ).root
        #expect(root["plain"]?.scalar == YAMLScalar("010", style: .plain))
        #expect(root["single"]?.scalar == YAMLScalar("no", style: .singleQuoted))
        #expect(root["double"]?.scalar == YAMLScalar("a\tb", style: .doubleQuoted))
        #expect(root["literal"]?.scalar == YAMLScalar("one\ntwo\n", style: .literal))
        #expect(root["folded"]?.scalar == YAMLScalar("one two", style: .folded))
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n", "~", "null"])
    func takesNothingAsNull(text: String) throws {
        #expect(try parse(text).root.isNull)
    }

    @Test func quotedNothingIsAnEmptyText() throws {
        let root = try parse("a: \"\"\nb:\n").root
        #expect(root["a"]?.isNull == false)
        #expect(root["b"]?.isNull == true)
    }

    @Test func skipsAByteOrderMark() throws {
        let document = try YAMLDocument(parsing: [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8), file: "a.yaml")
        #expect(document.root["a"]?.scalar?.text == "1")
    }

    @Test func nestsListsAndMappings() throws {
        let root = try parse("tables:\n  - name: trades\n    drop: 30 days\n  - name: candles\n").root
        #expect(root["tables"]?.elements?.map { $0["name"]?.scalar?.text } == ["trades", "candles"])
        #expect(root["tables"]?.elements?.first?["drop"]?.scalar?.text == "30 days")
        #expect(root["tables"]?["name"] == nil)
    }

    @Test func refusalsOfItsReadersCarryFileAndLine() throws {
        let document = try parse("a: 1\nb: x\n")
        let entry = try #require(document.root.entries?.last)
        let error = document.refusal(of: entry.value, "\"x\" is not a number", remedy: "Write a number.")
        #expect("\(error)" == "\"x\" is not a number (a.yaml:2:4). Write a number.")
        #expect(document.refusal(of: entry, "unknown key").place == "a.yaml:2:1")
    }
}
