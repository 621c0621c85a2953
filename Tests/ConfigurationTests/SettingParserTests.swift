import Configuration
import Testing

@Suite struct SettingParserTests {
    private let parser = SettingParser(workingFolder: "/w", homeFolder: nil)

    @Test(arguments: [
        ("30s", 30_000), ("500ms", 500), ("500 ms", 500), ("30 days", 2_592_000_000), ("1 day", 86_400_000),
        ("2h", 7_200_000), ("5 MIN", 300_000), ("1w", 604_800_000), ("0", 0), ("007s", 7_000),
    ])
    func readsDurations(text: String, milliseconds: Int) throws {
        #expect(SettingUnits.milliseconds(text) == milliseconds)
        #expect(SettingUnits.milliseconds(SettingUnits.duration(milliseconds)) == milliseconds)
    }

    @Test(arguments: [
        "", "s", "30", "-5s", "1.5h", "5 fortnights", "5s5s", "٣s", "99999999999999999999s",
        "9223372036854775807h",
        " 5s", "5s ",
    ])
    func refusesOtherDurations(text: String) {
        #expect(SettingUnits.milliseconds(text) == nil)
    }

    @Test(arguments: [
        ("64MiB", 67_108_864), ("20 GiB", 21_474_836_480), ("1kB", 1_000), ("3B", 3), ("0", 0),
        ("2tb", 2_000_000_000_000),
    ])
    func readsSizes(text: String, bytes: Int) {
        #expect(SettingUnits.bytes(text) == bytes)
        #expect(SettingUnits.bytes(SettingUnits.bytes(bytes)) == bytes)
    }

    @Test(arguments: ["64", "64M", "MiB", "-1B", "1.5GiB", "9223372036854775807KiB", "1 2B"])
    func refusesOtherSizes(text: String) {
        #expect(SettingUnits.bytes(text) == nil)
        #expect(throws: SettingParser.Refusal.self) { try parser.parse(text, as: .bytes(0...1_000)) }
    }

    @Test func holdsSizesAndDurationsToTheirRange() throws {
        #expect(try parser.parse("1KiB", as: .bytes(1...1_024)) == .bytes(1_024))
        let size = #expect(throws: SettingParser.Refusal.self) {
            try parser.parse("2KiB", as: .bytes(1...1_024))
        }
        #expect(size?.what == "\"2KiB\" is not between 1B and 1KiB")
    }

    @Test(arguments: [
        ("true", true), ("Yes", true), ("on", true), ("1", true), ("FALSE", false), ("no", false),
    ])
    func readsTruth(text: String, value: Bool) throws {
        #expect(try parser.parse(text, as: .boolean) == .boolean(value))
    }

    @Test func refusesOtherTruth() {
        for text in ["", "y", "maybe", "2"] {
            #expect(throws: SettingParser.Refusal.self) { try parser.parse(text, as: .boolean) }
        }
    }

    @Test func readsListsFromOneLine() throws {
        #expect(try parser.parse("KRW-BTC, KRW-ETH", as: .textList) == .list(["KRW-BTC", "KRW-ETH"]))
        #expect(try parser.parse("", as: .textList) == .list([]))
        #expect(throws: SettingParser.Refusal.self) { try parser.list(["a", ""]) }
        #expect(throws: SettingParser.Refusal.self) {
            try parser.list([String](repeating: "a", count: SettingParser.listElementsMax + 1))
        }
    }

    @Test func refusesWhatIsTooLong() {
        let text = String(repeating: "x", count: SettingParser.textBytesMax + 1)
        #expect(throws: SettingParser.Refusal.self) { try parser.parse(text, as: .text) }
    }

    @Test func refusesAHomeThatIsNotKnown() {
        #expect(throws: SettingParser.Refusal.self) { try parser.parse("~/x", as: .path) }
    }

    @Test func neverShowsASecret() throws {
        let value = try parser.parse("tops3cret", as: .secret)
        #expect(value.shown(of: .secret) == "***")
        #expect(value.json(of: .secret) == "\"***\"")
        let url = try parser.parse("https://a:tops3cret@h", as: .url(schemes: ["https"]))
        #expect(url.shown(of: .url(schemes: ["https"])) == "https://a:***@h")
    }

    @Test func listsAndSecretsComeFromAFileToo() throws {
        let table = [
            Setting("a.markets", .textList, .written("KRW-BTC"), "m"),
            Setting("a.key", .secret, .unset(meaning: "none"), "k"),
            Setting("a.live", .boolean, .written("false"), "l"),
        ]
        var loading = try Loading()
        try loading.write("a:\n  markets: [x, y]\n  key: tops3cret\n  live: yes\n")
        let resolved = try loading.resolved(table)
        #expect(resolved.settings.map(\.value) == [.list(["x", "y"]), .text("tops3cret"), .boolean(true)])
        #expect(resolved.secrets == ["tops3cret"])
        try loading.write("a:\n  markets: [{b: c}]\n")
        #expect(try loading.mistakes(table).count == 1)
    }
}
