import Foundation

/// Writes a Swift file with the contents of text files: `EmbedFilesTool OUTPUT ROOT FILE …`.
///
/// A file stands as a raw string literal, which keeps its bytes: nothing in it is an escape.
@main
enum EmbedFilesTool {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3 else { throw EmbedError(what: "usage: EmbedFilesTool OUTPUT ROOT FILE …") }
        var source = """
            /// A file of the package, as it was when the program was built.
            struct EmbeddedFile: Sendable {
                /// Its path from the package's root.
                let path: StaticString
                let text: StaticString
            }

            enum EmbeddedFiles {
                static let all: [EmbeddedFile] = [

            """
        for path in arguments.dropFirst(3) {
            let name = String(path.dropFirst(arguments[2].count + 1))
            source += "        EmbeddedFile(path: \"\(name)\", text: \(try literal(path))),\n"
        }
        source += "    ]\n}\n"
        // The same again would have everything built again that uses it.
        if (try? String(contentsOfFile: arguments[1], encoding: .utf8)) == source { return }
        try source.write(toFile: arguments[1], atomically: true, encoding: .utf8)
    }

    private static func literal(_ path: String) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        guard let text = String(validating: data, as: UTF8.self) else {
            throw EmbedError(what: "\(path) is not UTF-8")
        }
        // A literal's carriage returns would become line feeds, and a NUL is no source text.
        guard !text.utf8.contains(where: { $0 == 13 || $0 == 0 }) else {
            throw EmbedError(what: "\(path) holds carriage returns or NULs: save it as text with line feeds")
        }
        var marks = "#"
        while text.contains("\"\"\"" + marks) || text.contains("\\" + marks) { marks += "#" }
        // Lines start at the left margin, as the closing marks do, so that none of their blanks is stripped.
        return marks + "\"\"\"\n" + text + "\n\"\"\"" + marks
    }
}

struct EmbedError: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
