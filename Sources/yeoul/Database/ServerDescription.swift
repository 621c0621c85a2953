/// What a person wants to know of the server.
struct ServerDescription {
    /// "15.20"
    var version: String
    /// nil: the server has no TimescaleDB, and Yeoul stores in plain partitions.
    var timescaleVersion: String?
    var databaseBytes: Int64

    var engine: String { timescaleVersion.map { "TimescaleDB \($0)" } ?? "plain PostgreSQL, no TimescaleDB" }

    /// "7.4 MB", in units of a million.
    static func shown(bytes: Int64) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        if unit == 0 { return "\(bytes) bytes" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
