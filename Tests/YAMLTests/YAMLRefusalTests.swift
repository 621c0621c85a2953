import TestKit
import Testing
import YAML

@Suite struct YAMLRefusalTests {
    private func refusal(_ text: String, limits: YAMLLimits = .standard) throws -> YAMLError {
        try refusal(Array(text.utf8), limits: limits)
    }

    private func refusal(_ bytes: [UInt8], limits: YAMLLimits = .standard) throws -> YAMLError {
        try #require(throws: YAMLError.self) {
            try YAMLDocument(parsing: bytes, file: "a.yaml", limits: limits)
        }
    }

    @Test func aKeyThatStandsTwice() throws {
        let error = try refusal("data:\n  folder: a\n  port: 1\n  folder: b\n")
        #expect(error.code == .duplicateKey)
        #expect(error.what == "the key \"folder\" stands twice, first in line 2")
        #expect(error.place == "a.yaml:4:3")
    }

    @Test func theSameKeyInTwoMappingsIsNoDuplicate() throws {
        #expect(throws: Never.self) {
            try YAMLDocument(parsing: Array("a: {x: 1}\nb: {x: 1}".utf8), file: "a.yaml")
        }
    }

    @Test func aliasesThatWouldGrowToGigabytes() throws {
        let error = try refusal(
            "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n")
        #expect(error.code == .unsupported)
        #expect(error.what.contains("the anchor &a"))
        #expect(error.place == "a.yaml:1:4")
        #expect(try refusal("a: *b").what.contains("*b"))
    }

    @Test func tagsAndFurtherDocuments() throws {
        #expect(try refusal("a: !!int 5").what.contains("tag"))
        #expect(try refusal("a: 1\n---\nb: 1\n").place?.hasPrefix("a.yaml:2") == true)
    }

    @Test func aMappingAsAKey() throws {
        #expect(try refusal("? {a: 1}\n: 2\n").what.contains("a key must be a single word"))
    }

    @Test func aTabAsIndentation() throws {
        let error = try refusal("é: 1\ndata:\n\tfolder: a\n")
        #expect(error.what == "a tab stands where only blanks may")
        #expect(error.position?.line == 3)
    }

    @Test(arguments: [
        ("a: [1, 2", 1...2), ("a: 'x", 1...1), ("a: b: c", 1...1), ("a: 1\n b: 2\n", 2...2),
        ("{", 1...1), ("a: @x", 1...1), ("a: 1\nno colon\n", 2...3), ("- a\nb: 1\n", 2...2),
    ])
    func whatIsNotYAML(text: String, lines: ClosedRange<Int>) throws {
        let error = try refusal(text)
        #expect(error.code == .syntax)
        #expect(error.what.hasPrefix("not YAML: "))
        #expect(lines.contains(try #require(error.position?.line)))
        #expect(error.remedy != nil)
    }

    @Test(arguments: [[0xFF], [0xC3, 0x28], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]])
    func whatIsNotUTF8(bad: [UInt8]) throws {
        let error = try refusal(Array("a: 1\né: ".utf8) + bad)
        #expect(error.code == .syntax)
        #expect(error.what.contains("not UTF-8"))
        #expect(error.place == "a.yaml:2:4")
    }

    @Test func utf16AndControlCharacters() throws {
        #expect(try refusal([0xFF, 0xFE, 0x61, 0x00]).what.contains("not UTF-8"))
        let error = try refusal("a: 1\nb: \u{1B}[31m\n")
        #expect(error.what == "the control character 0x1b stands in the text")
        #expect(error.place == "a.yaml:2:4")
        #expect(try refusal("a: \0").what.contains("0x0"))
    }

    @Test func whatIsLargerThanItsBound() throws {
        let limits = YAMLLimits(bytesMax: 40, depthMax: 3, nodesMax: 6)
        #expect(throws: Never.self) {
            _ = try YAMLDocument(parsing: Array("[[[]]]".utf8), file: "a.yaml", limits: limits)
            _ = try YAMLDocument(parsing: Array("[1,2,3,4,5]".utf8), file: "a.yaml", limits: limits)
        }
        #expect(try refusal("[[[[]]]]", limits: limits).what == "nested deeper than 3 levels")
        #expect(try refusal("[1,2,3,4,5,6]", limits: limits).what == "more than 6 values")
        #expect(try refusal(String(repeating: "a", count: 41), limits: limits).code == .limit)
    }

    @Test func aHundredThousandBracketsAreRefusedQuickly() throws {
        let clock = ContinuousClock()
        let begun = clock.now
        #expect(try refusal(String(repeating: "[", count: 100_000)).code == .limit)
        #expect(clock.now - begun < .seconds(5))
    }

    @Test func filesThatCannotBeRead() throws {
        let folder = try TemporaryFolder(named: "yeoul yaml")
        func read(_ path: String) throws -> YAMLError {
            try #require(throws: YAMLError.self) { try YAMLDocument(readingFile: path) }
        }
        let absent = try read(folder.path(of: "absent.yaml"))
        #expect(absent.code == .file)
        #expect(absent.place == folder.path(of: "absent.yaml"))
        #expect(absent.remedy == "Check the path, or create the file.")
        #expect(try read(folder.path).what == "not a regular file")
        #expect(try read("/dev/zero").what == "not a regular file")
        try folder.write(String(repeating: "#", count: YAMLLimits.standard.bytesMax + 1), to: "big.yaml")
        #expect(try read(folder.path(of: "big.yaml")).code == .limit)
        try folder.write("a: 1\n", to: "good.yaml")
        let good = try YAMLDocument(readingFile: folder.path(of: "good.yaml"))
        #expect(good.root["a"]?.scalar?.text == "1")
    }
}
