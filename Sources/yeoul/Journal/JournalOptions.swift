import Journal
import Market

/// The options by which `cat` and `export` choose frames.
enum JournalOptions {
    static let all = [
        OptionDeclaration(
            "from", .text("TIME"), "Frames received then or later: 2026-03-02 or 2026-03-02T00:00:00Z"),
        OptionDeclaration("to", .text("TIME"), "Frames received before"),
        OptionDeclaration("after", .integer(0...Int.max), "Frames behind this number"),
        OptionDeclaration(
            "kind", .choice(FrameKind.allCases.map(\.name)), "Only messages, REST pages or markers"),
        OptionDeclaration("limit", .integer(1...Int.max), "At most so many frames"),
    ]

    static func selection(_ invocation: Invocation) throws -> FrameSelection {
        var selection = FrameSelection()
        if let from = try instant(invocation, "from") { selection.from = from.microseconds }
        if let to = try instant(invocation, "to") { selection.to = to.microseconds }
        guard selection.from <= selection.to else {
            throw UsageError("--from is later than --to", path: invocation.arguments.path)
        }
        selection.after = UInt64(invocation.integer("after") ?? 0)
        selection.kind = invocation.text("kind").flatMap { name in
            FrameKind.allCases.first { $0.name == name }
        }
        return selection
    }

    private static func instant(_ invocation: Invocation, _ option: String) throws -> Instant? {
        guard let text = invocation.text(option) else { return nil }
        if let date = try? CalendarDate(text) { return date.startOfDay }
        return try Instant(text)
    }
}
