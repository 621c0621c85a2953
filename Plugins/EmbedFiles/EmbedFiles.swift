import Foundation
import PackagePlugin

/// Puts the files of folders of the package into the target's code, so that the installed program needs
/// none of them. The tool runs again when one of the files changes, appears or goes.
@main
struct EmbedFiles: BuildToolPlugin {
    /// The folders that a target embeds; one that does not exist counts as empty.
    private let folders = ["Storage": ["sql", "retention"], "Web": ["web"]]

    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        guard let folders = folders[target.name] else {
            Diagnostics.error("EmbedFiles has no folders for the target \(target.name)")
            return []
        }
        let root = context.package.directoryURL
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
        let files = try folders.flatMap { try Self.files(in: root.appending(path: $0)) }
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) files of \(folders.joined(separator: ", "))",
                executable: try context.tool(named: "EmbedFilesTool").url,
                arguments: [output.path, root.path] + files.map(\.path),
                inputFiles: files, outputFiles: [output])
        ]
    }

    /// The files of a folder and what is below it, without documents for people.
    private static func files(in folder: URL) throws -> [URL] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        // The folder may be a link, which is not followed by itself.
        let names = try FileManager.default.subpathsOfDirectory(
            atPath: folder.resolvingSymlinksInPath().path)
        return names.filter {
            !$0.hasSuffix(".md") && !$0.split(separator: "/").contains { $0.hasPrefix(".") }
        }
        .map { folder.appending(path: $0) }
        .filter { !$0.hasDirectory }
        .sorted { $0.path < $1.path }
    }
}

extension URL {
    fileprivate var hasDirectory: Bool {
        (try? resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
    }
}
