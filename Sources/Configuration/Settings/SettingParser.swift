import Diagnostics

/// Parses what somebody wrote for a setting.
package struct SettingParser: Sendable {
    /// Longer texts are refused.
    package static let textBytesMax = 4_096
    package static let listElementsMax = 1_000

    /// Why a text is no value of its setting.
    package struct Refusal: Error, Equatable {
        package let what: String
        package let remedy: String
    }

    private let workingFolder: String
    private let homeFolder: String?

    package init(workingFolder: String, homeFolder: String?) {
        self.workingFolder = workingFolder
        self.homeFolder = homeFolder
    }

    /// Lists are written with commas where there is only one line of text.
    package func parse(_ text: String, as kind: SettingKind) throws(Refusal) -> SettingValue {
        guard text.utf8.count <= Self.textBytesMax else {
            throw Refusal(
                what: "the value has \(text.utf8.count) bytes",
                remedy: "At most \(Self.textBytesMax) are taken.")
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw Refusal(what: "the value holds a control character", remedy: "Write it on one line.")
        }
        let trimmed = Self.trimmed(text)
        switch kind {
        case .text: return .text(try nonempty(trimmed))
        case .secret: return .text(try nonempty(text))
        case .boolean: return .boolean(try boolean(trimmed))
        case .integer(let range): return .integer(try integer(trimmed, range))
        case .duration(let range): return .milliseconds(try duration(trimmed, range))
        case .bytes(let range): return .bytes(try bytes(trimmed, range))
        case .choice(let names): return .text(try choice(trimmed, names))
        case .textList:
            return try list(trimmed.split(separator: ",").map { Self.trimmed(String($0)) })
        case .path: return .text(try path(text))
        case .url(let schemes): return .text(try url(trimmed, schemes))
        }
    }

    package func list(_ texts: [String]) throws(Refusal) -> SettingValue {
        guard texts.count <= Self.listElementsMax else {
            throw Refusal(
                what: "the list has \(texts.count) entries",
                remedy: "At most \(Self.listElementsMax) are taken.")
        }
        for text in texts {
            guard !text.isEmpty, text.utf8.count <= Self.textBytesMax,
                !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
            else {
                throw Refusal(
                    what: "an entry of the list is empty, too long or not on one line", remedy: "Remove it.")
            }
        }
        return .list(texts)
    }

    private func nonempty(_ text: String) throws(Refusal) -> String {
        guard !text.isEmpty else {
            throw Refusal(what: "the value is empty", remedy: "Write one, or remove the key.")
        }
        return text
    }

    private func boolean(_ text: String) throws(Refusal) -> Bool {
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw Refusal(what: "\"\(text)\" is neither true nor false", remedy: "Write true or false.")
        }
    }

    private func integer(_ text: String, _ range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let value = Int(text), range.contains(value) else {
            throw Refusal(
                what: "\"\(text)\" is not a number from \(range.lowerBound) to \(range.upperBound)",
                remedy: "Write a whole number without unit.")
        }
        return value
    }

    private func duration(_ text: String, _ range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let value = SettingUnits.milliseconds(text) else {
            throw Refusal(
                what: "\"\(text)\" is not a duration",
                remedy: "Write a whole number with a unit: ms, s, m, h, days or weeks, as in 30s.")
        }
        guard range.contains(value) else {
            let least = SettingUnits.duration(range.lowerBound)
            let most = SettingUnits.duration(range.upperBound)
            throw Refusal(
                what: "\"\(text)\" is not between \(least) and \(most)",
                remedy: "Choose a duration from \(least) to \(most).")
        }
        return value
    }

    private func bytes(_ text: String, _ range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let value = SettingUnits.bytes(text) else {
            throw Refusal(
                what: "\"\(text)\" is not a size",
                remedy:
                    "Write a whole number with a unit: B, kB, MB, GB, TB or KiB, MiB, GiB, TiB, as in 64MiB.")
        }
        guard range.contains(value) else {
            let least = SettingUnits.bytes(range.lowerBound)
            let most = SettingUnits.bytes(range.upperBound)
            throw Refusal(
                what: "\"\(text)\" is not between \(least) and \(most)",
                remedy: "Choose a size from \(least) to \(most).")
        }
        return value
    }

    private func choice(_ text: String, _ names: [String]) throws(Refusal) -> String {
        if let name = names.first(where: { $0 == text.lowercased() }) { return name }
        var remedy = "Allowed: \(names.joined(separator: ", "))."
        if let near = Suggestion.nearest(to: text, among: names) {
            remedy = "Did you mean \"\(near)\"? " + remedy
        }
        throw Refusal(what: "\"\(text)\" is not allowed", remedy: remedy)
    }

    private func path(_ text: String) throws(Refusal) -> String {
        let text = try nonempty(text)
        if text.hasPrefix("/") { return text }
        if text == "~" || text.hasPrefix("~/") {
            guard let homeFolder else {
                throw Refusal(what: "no home folder is known for ~", remedy: "Write the whole path.")
            }
            return homeFolder + text.dropFirst()
        }
        let relative = text.hasPrefix("./") ? String(text.dropFirst(2)) : text
        return (workingFolder == "/" ? "" : workingFolder) + "/" + relative
    }

    /// The message never repeats the address: it may hold a password.
    private func url(_ text: String, _ schemes: [String]) throws(Refusal) -> String {
        let allowed = schemes.map { "\($0)://" }.joined(separator: " or ")
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0 + "://") }) else {
            throw Refusal(
                what: "the address does not begin with \(allowed)",
                remedy: "Write it as \(schemes.first ?? "")://host/….")
        }
        let rest = text.dropFirst(scheme.utf8.count + 3)
        guard !rest.isEmpty, !rest.contains(" ") else {
            throw Refusal(
                what: "the address names no host or holds a blank",
                remedy: "Write blanks and special letters as %20 and their like.")
        }
        return text
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
