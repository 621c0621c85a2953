import Diagnostics
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("staus", "status"), ("statsu", "status"), ("dbb", "db"), ("CONFIG", "config"), ("confg", "config"),
    ])
    func suggestsWhatWasMeant(typed: String, meant: String) {
        #expect(Suggestion.nearest(to: typed, among: ["config", "db", "status", "up"]) == meant)
    }

    @Test(arguments: ["", "zzzzzz", "exchange", String(repeating: "s", count: 10_000)])
    func suggestsNothingFarOff(typed: String) {
        #expect(Suggestion.nearest(to: typed, among: ["config", "db", "status"]) == nil)
    }

    @Test func escapesWhatMovesACursor() {
        #expect(ControlCharacters.escaped("a\u{1B}[31m\nb\u{202E}") == "a\\u{1b}[31m\\nb\\u{202e}")
        #expect(ControlCharacters.escaped("a\nb\r", keepingLineBreaks: true) == "a\nb\\r")
        #expect(ControlCharacters.escaped("여울 é") == "여울 é")
    }

    @Test func quotesForJSON() {
        #expect(JSONText.quoted("a\"\\\n\u{1}\u{7F}여") == "\"a\\\"\\\\\\n\\u0001\\u007f여\"")
    }
}
