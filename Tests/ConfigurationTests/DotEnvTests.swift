import Configuration
import Testing

@Suite struct DotEnvTests {
    private func parse(_ text: String) -> DotEnv {
        DotEnv(parsing: Array(text.utf8), file: ".env")
    }

    @Test(
        arguments: [
            ("A=b", "b"), ("  A = b c  ", nil), ("A= b c ", "b c"), ("A=", ""), ("export A=b", "b"),
            ("A=b # note", "b"), ("A=b#c", "b#c"), ("A=#c", ""), ("A=\"b # c\"", "b # c"),
            ("A='b\\n' # x", "b\\n"),
            ("A=\"a\\\"b\\\\n\\n\"", "a\"b\\n\n"), ("A=$HOME", "$HOME"), ("A=b=c", "b=c"), ("A=b\r", "b"),
            ("\u{FEFF}A=여", "여"),
        ] as [(String, String?)])
    func readsValues(line: String, value: String?) {
        let file = parse(line)
        #expect(file.entries["A"]?.value == value)
        #expect(file.mistakes.isEmpty == (value != nil))
    }

    @Test(arguments: [
        ("# c\n\nA=1\nno equals\n", ".env:4"), ("1A=b", ".env:1"), ("A-B=c", ".env:1"), ("=b", ".env:1"),
        ("A=\"b", ".env:1"), ("A='b' c", ".env:1"), ("A=1\nA=2", ".env:2"), ("A=\u{1B}b", ".env:1"),
    ])
    func explainsWhatItDoesNotUnderstand(text: String, place: String) {
        let mistakes = parse(text).mistakes
        #expect(mistakes.map(\.place) == [place])
        #expect(mistakes.first?.remedy != nil)
    }

    @Test func refusesWhatIsNotUTF8AndWhatIsTooLarge() {
        #expect(
            DotEnv(parsing: Array("A=1\nB=".utf8) + [0xFF], file: ".env").mistakes.first?.place == ".env:2")
        let large = [UInt8](repeating: UInt8(ascii: "#"), count: DotEnv.bytesMax + 1)
        #expect(DotEnv(parsing: large, file: ".env").mistakes.count == 1)
    }

    @Test func anyBytesAreTaken() {
        let letters = Array("AB=\"'\\#\n\r\t =export é$".utf8) + [0, 0xFF, 0xC3]
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...40)).compactMap { _ in letters.randomElement() }
            let file = DotEnv(parsing: bytes, file: ".env")
            #expect(file.entries.count + file.mistakes.count <= bytes.count { $0 == 10 } + 1)
        }
    }
}
