import CYAML

/// libyaml's parser over bytes that this object keeps alive.
final class YAMLEvents {
    private let file: String
    private let bytes: [UInt8]
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let isReady: Bool

    init(bytes: [UInt8], file: String) {
        self.file = file
        // libyaml takes a byte order mark only while it guesses the encoding, and it must not guess:
        // UTF-16 would otherwise be read without anybody having asked for it.
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        self.bytes = hasMark ? Array(bytes.dropFirst(3)) : bytes
        input = .allocate(capacity: max(1, self.bytes.count))
        _ = input.update(fromContentsOf: self.bytes)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        isReady = yaml_parser_initialize(parser) == 1
        if isReady {
            yaml_parser_set_input_string(parser, input.baseAddress, self.bytes.count)
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        }
    }

    deinit {
        if isReady { yaml_parser_delete(parser) }
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(YAMLError) -> YAMLEvent {
        guard isReady else { throw outOfMemory() }
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        return copy(of: event)
    }

    private func copy(of event: yaml_event_t) -> YAMLEvent {
        let position = Self.position(event.start_mark)
        switch event.type {
        case YAML_STREAM_START_EVENT:
            return YAMLEvent(kind: .streamStart, position: position)
        case YAML_DOCUMENT_START_EVENT:
            return YAMLEvent(kind: .documentStart, position: position)
        case YAML_DOCUMENT_END_EVENT:
            return YAMLEvent(kind: .documentEnd, position: position)
        case YAML_ALIAS_EVENT:
            return YAMLEvent(
                kind: .alias(Self.text(event.data.alias.anchor) ?? ""), position: position)
        case YAML_SCALAR_EVENT:
            let data = event.data.scalar
            return YAMLEvent(
                kind: .scalar(Self.scalar(data.value, data.length, data.style)), position: position,
                anchor: Self.text(data.anchor), tag: Self.text(data.tag))
        case YAML_SEQUENCE_START_EVENT:
            let data = event.data.sequence_start
            return YAMLEvent(
                kind: .sequenceStart, position: position, anchor: Self.text(data.anchor),
                tag: Self.text(data.tag))
        case YAML_MAPPING_START_EVENT:
            let data = event.data.mapping_start
            return YAMLEvent(
                kind: .mappingStart, position: position, anchor: Self.text(data.anchor),
                tag: Self.text(data.tag))
        case YAML_SEQUENCE_END_EVENT:
            return YAMLEvent(kind: .sequenceEnd, position: position)
        case YAML_MAPPING_END_EVENT:
            return YAMLEvent(kind: .mappingEnd, position: position)
        default:
            return YAMLEvent(kind: .streamEnd, position: position)
        }
    }

    private static func scalar(
        _ value: UnsafeMutablePointer<yaml_char_t>?, _ length: Int, _ style: yaml_scalar_style_t
    ) -> YAMLScalar {
        let text = String(decoding: UnsafeBufferPointer(start: value, count: length), as: UTF8.self)
        let ours: YAMLScalar.Style =
            switch style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: .plain
            }
        return YAMLScalar(text, style: ours)
    }

    private static func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        bytes.map { String(cString: $0) }
    }

    private static func position(_ mark: yaml_mark_t) -> YAMLPosition {
        YAMLPosition(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private func syntaxError() -> YAMLError {
        let parser = parser.pointee
        switch parser.error {
        case YAML_MEMORY_ERROR:
            return outOfMemory()
        case YAML_READER_ERROR:
            return readerError(at: firstByte(ofCharacterAt: Int(parser.problem_offset)))
        default:
            let position = insideText(Self.position(parser.problem_mark))
            if byte(at: Int(parser.problem_mark.index)) == UInt8(ascii: "\t") {
                return YAMLError(
                    .syntax, "a tab stands where only blanks may", file: file, position: position,
                    remedy: "Indent with blanks.")
            }
            var what = "not YAML"
            if let problem = parser.problem { what += ": " + String(cString: problem) }
            if let context = parser.context {
                let begun = Self.position(parser.context_mark)
                what += " \(String(cString: context)) begun in line \(begun.line)"
            }
            return YAMLError(
                .syntax, what, file: file, position: position,
                remedy: "Check the indentation, colons and quotes in and above this line.")
        }
    }

    /// libyaml puts what is missing at the end into a line after the last one, where nobody can look.
    private func insideText(_ position: YAMLPosition) -> YAMLPosition {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard position.line > lines.count, let last = lines.last else { return position }
        return YAMLPosition(line: lines.count, column: last.count { $0 & 0xC0 != 0x80 } + 1)
    }

    /// `mark.index` counts characters, so bytes are found by skipping continuation bytes.
    private func byte(at characterIndex: Int) -> UInt8? {
        var index = 0
        for byte in bytes where byte & 0xC0 != 0x80 {
            if index == characterIndex { return byte }
            index += 1
        }
        return nil
    }

    /// A cut character is reported at the byte that should have continued it; it begins before.
    private func firstByte(ofCharacterAt offset: Int) -> Int {
        let offset = min(offset, bytes.count)
        guard let lead = (max(0, offset - 3)..<offset).last(where: { bytes[$0] & 0xC0 != 0x80 }),
            bytes[lead] >= 0xC0
        else { return offset }
        let length = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : 2
        return offset < lead + length ? lead : offset
    }

    private func readerError(at offset: Int) -> YAMLError {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let position = YAMLPosition(
            line: before.count { $0 == UInt8(ascii: "\n") } + 1,
            column: before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1)
        let isControl = offset < bytes.count && (bytes[offset] < 0x20 || bytes[offset] == 0x7F)
        let what =
            isControl
            ? "the control character 0x\(String(bytes[offset], radix: 16)) stands in the text"
            : "the text is not UTF-8, or has a character that YAML does not allow"
        return YAMLError(
            .syntax, what, file: file, position: position, remedy: "Save the file as UTF-8 text.")
    }

    private func outOfMemory() -> YAMLError {
        YAMLError(.limit, "no memory left to parse the text", file: file, remedy: "Free some memory.")
    }
}
