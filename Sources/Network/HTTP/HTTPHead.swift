/// The lines before a body: the first one, then the header fields. The same for both directions. Pure.
package struct HTTPHead: Equatable {
    /// Why a head is refused; a server answers with `status`.
    package struct Refusal: Error, Equatable {
        package let status: Int
        package let words: String
    }

    package static let fieldsMax = 100

    package let startLine: String
    package let headers: HTTPHeaders

    /// The length of the head with its empty line, or nil while that has not come. `from` spares looking
    /// again at what was looked at before.
    package static func end(in bytes: UnsafeRawBufferPointer, from: Int) -> Int? {
        var index = max(0, from - 3)
        while index + 3 < bytes.count {
            if bytes[index + 3] == 10, bytes[index + 2] == 13, bytes[index + 1] == 10, bytes[index] == 13 {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    /// `bytes` end with the empty line.
    package init(parsing bytes: UnsafeRawBufferPointer) throws(Refusal) {
        var lines: [Range<Int>] = []
        var start = 0
        for index in 0..<bytes.count where bytes[index] == 10 {
            guard index > start, bytes[index - 1] == 13 else {
                throw Refusal(status: 400, words: "a line of the head does not end with CR LF")
            }
            lines.append(start..<(index - 1))
            start = index + 1
            guard lines.count <= Self.fieldsMax + 2 else {
                throw Refusal(status: 431, words: "more than \(Self.fieldsMax) header fields")
            }
        }
        guard let first = lines.first, !first.isEmpty, lines.count >= 2 else {
            throw Refusal(status: 400, words: "the first line is empty")
        }
        startLine = try Self.text(bytes[first])
        var headers = HTTPHeaders()
        for line in lines.dropFirst().dropLast() {
            let (name, value) = try Self.field(bytes[line])
            headers.add(name, value)
        }
        self.headers = headers
    }

    private static func field(_ line: Slice<UnsafeRawBufferPointer>) throws(Refusal) -> (String, String) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[line.startIndex..<colon].allSatisfy(HTTPHeaders.isTokenByte)
        else {
            throw Refusal(status: 400, words: "a header line is not \"name: value\"")
        }
        let name = try text(line[line.startIndex..<colon])
        let value = try text(line[(colon + 1)..<line.endIndex])
        return (name, HTTPHeaders.trimmed(value))
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) throws(Refusal) -> String {
        guard bytes.allSatisfy({ ($0 >= 32 && $0 != 127) || $0 == 9 }) else {
            throw Refusal(status: 400, words: "the head holds a control character")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
