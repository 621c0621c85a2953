/// A `.env` file: `NAME=value` a line, `#` comments, quotes as in a shell, nothing is substituted.
package struct DotEnv: Sendable {
    package struct Entry: Sendable, Equatable {
        package let value: String
        package let line: Int
    }

    /// Larger files are refused.
    package static let bytesMax = 256 << 10

    package let file: String
    package private(set) var entries: [String: Entry] = [:]
    package private(set) var mistakes: [ConfigurationMistake] = []

    package init(parsing bytes: [UInt8], file: String) {
        self.file = file
        guard bytes.count <= Self.bytesMax else {
            mistakes = [ConfigurationMistake("the file has more than \(Self.bytesMax) bytes", place: file)]
            return
        }
        var bytes = bytes[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            read(line.last == UInt8(ascii: "\r") ? line.dropLast() : line, number: index + 1)
        }
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>, number: Int) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return refuse("the line is not UTF-8", number, "Save the file as UTF-8 text.")
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F })
        else {
            return refuse("the line holds a control character", number, "Remove it.")
        }
        var line = text.drop(while: Self.isBlank)
        if line.isEmpty || line.first == "#" { return }
        if line.hasPrefix("export "), let equals = line.firstIndex(of: "="),
            line.distance(from: line.startIndex, to: equals) > 7
        {
            line = line.dropFirst(7).drop(while: Self.isBlank)
        }
        guard let equals = line.firstIndex(of: "=") else {
            return refuse("the line has no \"=\"", number, "Write NAME=value, or begin the line with #.")
        }
        let name = String(line[..<equals])
        guard Self.isName(name) else {
            return refuse(
                "\"\(name)\" is no name of a variable", number,
                "Use letters, digits and _, with no blank before the \"=\".")
        }
        if let first = entries[name] {
            return refuse("\(name) stands twice, first in line \(first.line)", number, "Keep one of the two.")
        }
        switch Self.value(line[line.index(after: equals)...]) {
        case .success(let value): entries[name] = Entry(value: value, line: number)
        case .failure(let fault): refuse(fault.what, number, fault.remedy)
        }
    }

    private mutating func refuse(_ what: String, _ line: Int, _ remedy: String) {
        mistakes.append(ConfigurationMistake(what, place: "\(file):\(line)", remedy: remedy))
    }

    private static func value(_ text: Substring) -> Result<String, SettingParser.Refusal> {
        let text = text.drop(while: isBlank)
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            return .success(unquoted(text))
        }
        var value = ""
        var isEscaped = false
        var rest = text.dropFirst()
        while let letter = rest.popFirst() {
            if isEscaped {
                value.append(letter == "n" ? "\n" : letter == "t" ? "\t" : letter)
                isEscaped = false
            } else if letter == "\\", quote == "\"" {
                isEscaped = true
            } else if letter == quote {
                let after = rest.drop(while: isBlank)
                if after.isEmpty || after.first == "#" { return .success(value) }
                return .failure(
                    SettingParser.Refusal(
                        what: "text follows the closing quote", remedy: "Put the whole value into the quotes."
                    ))
            } else {
                value.append(letter)
            }
        }
        return .failure(
            SettingParser.Refusal(
                what: "the quote is never closed", remedy: "End the value with \(quote) in this line."))
    }

    /// Up to a `#` that follows a blank, without the blanks at the end.
    private static func unquoted(_ text: Substring) -> String {
        var value = ""
        var previous: Character = " "
        for letter in text {
            if letter == "#", isBlank(previous) { break }
            value.append(letter)
            previous = letter
        }
        while let last = value.last, isBlank(last) { value.removeLast() }
        return value
    }

    private static func isBlank(_ letter: Character) -> Bool { letter == " " || letter == "\t" }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || $0 == 0x5F
        }
    }
}
