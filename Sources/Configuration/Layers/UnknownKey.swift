import Diagnostics

/// What to tell somebody who wrote a key that does not exist.
enum UnknownKey {
    /// `nests`: the key was written with dots where sections nest.
    static func remedy(for key: String, table: [Setting], nests: Bool = false) -> String {
        let keys = table.map(\.key)
        if nests, keys.contains(key) {
            let names = key.split(separator: ".")
            let section = names.dropLast().joined(separator: ": ")
            return "Write the section \"\(section):\", and below it, indented, \"\(names.last ?? "")\"."
        }
        if let near = Suggestion.nearest(to: key, among: keys) { return "Did you mean \"\(near)\"?" }
        // A section that is slightly wrong makes the whole key too different.
        let sections = Array(Set(keys.compactMap { $0.split(separator: ".").first.map(String.init) }))
            .sorted()
        let first = key.split(separator: ".").first.map(String.init) ?? key
        if let section = sections.first(where: { $0 == first })
            ?? Suggestion.nearest(to: first, among: sections)
        {
            let inside = keys.filter { $0.hasPrefix(section + ".") }
            return "The section \"\(section)\" has: \(inside.joined(separator: ", "))."
        }
        return "Sections are \(sections.joined(separator: ", ")); \"yeoul config reference\" lists every key."
    }
}
