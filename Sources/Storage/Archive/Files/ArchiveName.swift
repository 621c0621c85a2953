import Market

/// The names of an archive's two files, `transactions_20260101T000000Z_20260102T000000Z.1.copy.zst` and
/// `….1.json`, in a folder for each table.
struct ArchiveName: Hashable {
    var table: String
    var range: Range<Instant>
    var part: Int

    var stem: String {
        "\(table)_\(Self.compact(range.lowerBound))_\(Self.compact(range.upperBound)).\(part)"
    }

    var dataFile: String { stem + ".copy.zst" }
    var manifestFile: String { stem + ".json" }

    private static func compact(_ instant: Instant) -> String {
        instant.description.filter { $0 != "-" && $0 != ":" }
    }
}
