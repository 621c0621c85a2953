import Foundation
import Testing
import YAML

/// Any bytes either parse or are refused with a place; nothing traps and nothing leaks through a bound.
@Suite struct YAMLFuzzTests {
    private let rounds = ProcessInfo.processInfo.environment["YEOUL_TORTURE"] == nil ? 3_000 : 300_000

    private func check(_ bytes: [UInt8]) {
        do {
            let document = try YAMLDocument(parsing: bytes, file: "fuzz")
            #expect(document.root.position.line >= 1)
        } catch {
            #expect(error.file == "fuzz")
            #expect(!error.what.isEmpty)
        }
    }

    @Test func randomBytes() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<rounds {
            let count = Int.random(in: 0...60, using: &random)
            check((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    @Test func randomIndicators() {
        let pieces = [
            "a", "b: ", "- ", "\n", "  ", "[", "]", "{", "}", ",", "? ", ": ", "&x ", "*x", "!t ", "'", "\"",
            "|\n", ">\n", "#", "---\n", "...\n", "%YAML 1.1\n", "\t", "\\", "é", "\r", "<<: ", "~",
        ]
        for _ in 0..<rounds {
            let count = Int.random(in: 0...30)
            let text = (0..<count).compactMap { _ in pieces.randomElement() }.joined()
            check(Array(text.utf8))
        }
    }
}
