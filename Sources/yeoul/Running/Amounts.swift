/// Numbers as people read them.
enum Amounts {
    /// `12,345`
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    static func shown(_ microseconds: Int64) -> String {
        if microseconds < 10_000 { return "\(microseconds / 1_000).\(microseconds / 100 % 10) ms" }
        if microseconds < 10_000_000 { return "\(microseconds / 1_000) ms" }
        return "\(microseconds / 1_000_000) s"
    }
}
