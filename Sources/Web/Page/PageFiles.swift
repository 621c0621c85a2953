import Foundation
import Network

/// The page's files, all in memory: those of the program, with those of a folder in their place or beside
/// them. Nothing is read from disk after the start, so no path of a request ever reaches it.
package struct PageFiles: Sendable {
    /// Files of the folder and their bytes; more is refused at the start.
    package static let filesMax = 64
    package static let fileBytesMax = 4_194_304

    struct File: Sendable {
        let bytes: [UInt8]
        let type: String
        let tag: String
    }

    /// The charts' library, which is not part of Yeoul: `make build` fetches it beside the program.
    package static let charts = "lightweight-charts.js"

    private var files: [String: File] = [:]

    package init(folder: String?) throws(WebError) {
        for file in EmbeddedFiles.all {
            let path = file.path.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
            add(String(path.dropFirst("web/".count)), file.text.withUTF8Buffer { Array($0) })
        }
        if let folder { try read(folder) }
        if files[Self.charts] == nil {
            add(
                Self.charts,
                Array("// Not installed: the page draws simple lines. `make build` fetches it.\n".utf8))
        }
    }

    package var names: [String] { files.keys.sorted() }

    func file(at path: String) -> File? {
        switch path {
        case "/": files["index.html"]
        case "/docs": files["docs.html"]
        default: files[String(path.dropFirst())]
        }
    }

    private mutating func add(_ name: String, _ bytes: [UInt8]) {
        guard let type = Self.type(of: name) else { return }
        files[name] = File(bytes: bytes, type: type, tag: EntityTag.of(bytes))
    }

    private mutating func read(_ folder: String) throws(WebError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw WebError(
                .page, "the folder of the page's files cannot be read", place: folder,
                remedy: "Correct web.folder, or leave it out for the page inside the program")
        }
        let usable = names.filter { Self.type(of: $0) != nil && !$0.hasPrefix(".") }.sorted()
        guard usable.count <= Self.filesMax else {
            throw WebError(
                .page, "the folder holds \(usable.count) files", place: folder,
                remedy: "At most \(Self.filesMax) are served; name a folder of its own in web.folder")
        }
        for name in usable {
            let path = "\(folder)/\(name)"
            guard let data = FileManager.default.contents(atPath: path), data.count <= Self.fileBytesMax
            else {
                throw WebError(
                    .page, "the file cannot be read or has more than \(Self.fileBytesMax) bytes", place: path,
                    remedy: "Remove it from web.folder, or correct its rights")
            }
            add(name, Array(data))
        }
    }

    private static func type(of name: String) -> String? {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        case "webmanifest": "application/manifest+json"
        case "png": "image/png"
        default: nil
        }
    }
}
