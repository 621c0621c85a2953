import Diagnostics
import YAML

/// The settings of a YAML file.
struct FileLayer {
    private let table: [Setting]
    private let file: String
    private(set) var assignments: [Assignment] = []
    private(set) var mistakes: [ConfigurationMistake] = []

    init(_ document: YAMLDocument, table: [Setting]) {
        self.table = table
        file = document.file
        if document.root.isNull { return }
        guard let entries = document.root.entries else {
            mistakes.append(
                ConfigurationMistake(
                    "the file holds \(document.root.kind), not settings",
                    place: place(document.root.position),
                    remedy: "Write sections and keys: \"log:\", below it \"  level: info\"."))
            return
        }
        for entry in entries { read(entry, prefix: "") }
    }

    private mutating func read(_ entry: YAMLEntry, prefix: String) {
        let key = prefix + entry.key
        if let setting = table.first(where: { $0.key == key }), !entry.key.contains(".") {
            assign(setting, entry.value)
        } else if table.contains(where: { $0.key.hasPrefix(key + ".") }), !entry.key.contains(".") {
            readSection(key, entry.value)
        } else {
            refuseUnknown(key, entry)
        }
    }

    private mutating func readSection(_ key: String, _ node: YAMLNode) {
        if node.isNull { return }
        guard let entries = node.entries else {
            mistakes.append(
                ConfigurationMistake(
                    "\"\(key)\" is a section, not \(node.kind)", place: place(node.position),
                    remedy: "Write its keys below it, indented."))
            return
        }
        for entry in entries { read(entry, prefix: key + ".") }
    }

    private mutating func assign(_ setting: Setting, _ node: YAMLNode) {
        // A key without a value says nothing, so the default holds.
        if node.isNull { return }
        let source = SettingSource.file(path: file, line: node.position.line)
        if let scalar = node.scalar {
            assignments.append(Assignment(key: setting.key, content: .text(scalar.text), source: source))
            return
        }
        if setting.kind == .textList, let elements = node.elements {
            let texts = elements.compactMap { $0.scalar?.text }
            if texts.count == elements.count {
                assignments.append(Assignment(key: setting.key, content: .list(texts), source: source))
                return
            }
        }
        mistakes.append(
            ConfigurationMistake(
                "\"\(setting.key)\" takes one value, not \(node.kind)", place: place(node.position),
                remedy: "Allowed: \(setting.kind.name)."))
    }

    private mutating func refuseUnknown(_ key: String, _ entry: YAMLEntry) {
        mistakes.append(
            ConfigurationMistake(
                "unknown key \"\(key)\"", place: place(entry.keyPosition),
                remedy: UnknownKey.remedy(for: key, table: table, nests: entry.key.contains("."))))
    }

    private func place(_ position: YAMLPosition) -> String {
        "\(file):\(position.line):\(position.column)"
    }
}
