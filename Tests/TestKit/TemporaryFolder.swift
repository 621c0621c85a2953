import Foundation

/// A folder that lives as long as this value: tests put everything they write in one.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// `name` may hold blanks, so that tests can show that paths with blanks work.
    package init(named name: String = "yeoul") throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("\(name)-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of `name` inside the folder.
    package func path(of name: String) -> String {
        path + "/" + name
    }

    /// Writes `text` to the file `name` and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: path(of: name), atomically: true, encoding: .utf8)
        return path(of: name)
    }
}
