import Market

/// The comment on a partition that upkeep detaches to drop it. Detaching forgets what the partition was; a
/// run that ended before the drop leaves this for the next.
struct DetachMark: Hashable {
    static let prefix = "Yeoul detaches this to drop it: "

    let table: String
    let range: Range<Instant>

    init(table: String, range: Range<Instant>) {
        self.table = table
        self.range = range
    }

    init?(text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let words = text.dropFirst(Self.prefix.count).split(separator: " ")
        guard words.count == 3, let from = try? Instant(String(words[1])),
            let to = try? Instant(String(words[2])),
            from < to
        else { return nil }
        table = String(words[0])
        range = from..<to
    }

    var text: String { "\(Self.prefix)\(table) \(range.lowerBound) \(range.upperBound)" }
}
