import Foundation

/// Tells our data folder from somebody else's, so that a mistyped path never costs anybody a file.
package enum DataFolder: Equatable, Sendable {
    case absent
    case empty
    case ours
    /// Holds something, and not our mark: one of the names in it.
    case foreign(String)

    package static func examine(_ layout: ClusterLayout) throws -> DataFolder {
        var status = stat()
        guard stat(layout.dataFolder, &status) == 0 else {
            if errno == ENOENT { return .absent }
            throw Files.failure("look at it", layout.dataFolder)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw ClusterError(
                .foreignFolder, "the data folder is a file", place: layout.dataFolder,
                remedy: "Move it away, or choose another data.folder")
        }
        if try Files.exists(layout.mark) { return .ours }
        // A fresh disk's root holds lost+found; it is empty all the same.
        let names = try Files.names(in: layout.dataFolder) ?? []
        guard let stranger = names.first(where: { $0 != "lost+found" }) else { return .empty }
        // Another of us may have marked and filled it between our two looks.
        return try Files.exists(layout.mark) ? .ours : .foreign(stranger)
    }

    /// Makes the folder when it is missing and marks it as ours; refuses somebody else's, untouched.
    package static func claim(_ layout: ClusterLayout) throws {
        switch try examine(layout) {
        case .ours: return
        case .foreign(let name): throw refusal(layout, holding: name)
        case .absent:
            // Root's server runs under another account, which has to pass through.
            try Files.makeFolders(layout.dataFolder, mode: geteuid() == 0 ? 0o755 : 0o700)
            fallthrough
        case .empty:
            try mark(layout)
        }
    }

    /// That the file is there is what counts, so it is never seen under another name, and two of us at once
    /// do not disturb each other.
    private static func mark(_ layout: ClusterLayout) throws {
        let descriptor = open(layout.mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw Files.failure("make it", layout.mark)
        }
        defer { close(descriptor) }
        let bytes = Array(ClusterLayout.markText.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Files.failure("write it", layout.mark)
        }
    }

    static func refusal(_ layout: ClusterLayout, holding name: String) -> ClusterError {
        ClusterError(
            .foreignFolder, "the data folder holds files that are not Yeoul's, such as \"\(name)\"",
            place: layout.dataFolder, remedy: "Choose an empty or new folder as data.folder")
    }
}
