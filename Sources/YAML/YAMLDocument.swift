/// One YAML document as a tree that knows its lines.
///
/// Read on purpose as a subset that a person cannot misread: one document, text keys, no key twice, no
/// anchors and aliases (a few bytes of them can stand for gigabytes), no tags.
package struct YAMLDocument: Sendable {
    /// As errors name it.
    package let file: String
    package let root: YAMLNode

    /// Parses a text. An empty one has a null root.
    package init(parsing bytes: [UInt8], file: String, limits: YAMLLimits = .standard) throws(YAMLError) {
        guard bytes.count <= limits.bytesMax else {
            throw YAMLError(
                .limit, "the text has \(bytes.count) bytes; at most \(limits.bytesMax) are read", file: file,
                remedy: "Check that this is the file you meant.")
        }
        let events = YAMLEvents(bytes: bytes, file: file)
        var builder = YAMLTreeBuilder(events: events, file: file, limits: limits)
        self.file = file
        self.root = try builder.build()
    }

    /// Reads and parses a file.
    package init(readingFile path: String, limits: YAMLLimits = .standard) throws(YAMLError) {
        let bytes = try TextFile.read(path, bytesMax: limits.bytesMax)
        try self.init(parsing: bytes, file: path, limits: limits)
    }

    /// An error about `node`, with the file and line in it.
    package func refusal(of node: YAMLNode, _ what: String, remedy: String? = nil) -> YAMLError {
        YAMLError(.value, what, file: file, position: node.position, remedy: remedy)
    }

    /// An error about a key, with the file and line in it.
    package func refusal(of entry: YAMLEntry, _ what: String, remedy: String? = nil) -> YAMLError {
        YAMLError(.value, what, file: file, position: entry.keyPosition, remedy: remedy)
    }
}
