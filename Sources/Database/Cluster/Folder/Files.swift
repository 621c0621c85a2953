import Foundation

/// The few file operations that the private server's folder needs, with errors that name the path.
enum Files {
    static func failure(_ action: String, _ path: String, _ number: Int32 = errno) -> ClusterError {
        let reason = String(cString: strerror(number))
        if number == EACCES || number == EPERM {
            return ClusterError(
                .permission, "cannot \(action): \(reason)", place: path,
                remedy: "Run as the folder's owner, or choose another data.folder")
        }
        if number == ENOSPC || number == EDQUOT {
            return ClusterError(
                .diskFull, "cannot \(action): \(reason)", place: path,
                remedy: "Free some space, or choose a data.folder on another disk")
        }
        return ClusterError(.system, "cannot \(action): \(reason)", place: path)
    }

    /// What `path` itself is, links not followed; nil when there is nothing.
    static func status(_ path: String) throws -> stat? {
        var result = stat()
        if lstat(path, &result) == 0 { return result }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw failure("look at it", path)
    }

    static func exists(_ path: String) throws -> Bool { try status(path) != nil }

    /// The first `bytesMax` bytes of a file as text; nil when there is no such file.
    static func text(_ path: String, bytesMax: Int = 64 * 1024) throws -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("read it", path)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        var count = 0
        while count < bytesMax {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, bytesMax - count)
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw failure("read it", path)
            }
            if got == 0 { break }
            count += got
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Writes a file whole or not at all: beside it, synced, then renamed over it.
    static func write(_ text: String, to path: String, mode: mode_t, owner: Account? = nil) throws {
        let temporary = path + ".writing"
        // A leftover of an interrupted write; also, never follow what somebody else may have put there.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("write it", path) }
        defer { close(descriptor) }
        do {
            guard fchmod(descriptor, mode) == 0 else { throw failure("set its mode", path) }
            if let owner, fchown(descriptor, owner.user, owner.group) != 0 {
                throw failure("give it to \(owner.name)", path)
            }
            try write(Array(text.utf8), to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw failure("sync it", path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try rename(temporary, to: path)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("write it", path)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Renames, and syncs the folder so that the new name outlives a power cut.
    static func rename(_ source: String, to target: String) throws {
        guard Glibc.rename(source, target) == 0 else { throw failure("rename it", source) }
        let folder = (target as NSString).deletingLastPathComponent
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open it", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync it", folder) }
    }

    /// Makes a folder if there is none, and gives it to `owner`. Does not make its parents.
    static func makeFolder(_ path: String, mode: mode_t, owner: Account? = nil) throws {
        if mkdir(path, mode) != 0 {
            guard errno == EEXIST else { throw failure("make the folder", path) }
            guard let status = try status(path), status.st_mode & S_IFMT == S_IFDIR else {
                throw ClusterError(
                    .foreignFolder, "something else than a folder is in the way", place: path,
                    remedy: "Move it away, or choose another data.folder")
            }
            return
        }
        guard chmod(path, mode) == 0 else { throw failure("set its mode", path) }
        if let owner, chown(path, owner.user, owner.group) != 0 {
            throw failure("give it to \(owner.name)", path)
        }
    }

    /// Makes a folder and those above it that are missing.
    static func makeFolders(_ path: String, mode: mode_t) throws {
        let parent = (path as NSString).deletingLastPathComponent
        if try status(path) == nil, parent != path, !parent.isEmpty {
            try makeFolders(parent, mode: mode)
        }
        var isLinkToFolder = stat()
        if stat(path, &isLinkToFolder) == 0, isLinkToFolder.st_mode & S_IFMT == S_IFDIR { return }
        try makeFolder(path, mode: mode)
    }

    /// The names in a folder, sorted; nil when there is no such folder.
    static func names(in folder: String) throws -> [String]? {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return nil }
            throw failure("list it", folder)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove it", path) }
    }

    static func removeTree(_ path: String) throws {
        guard try exists(path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw ClusterError(
                .permission, "cannot remove the folder: \(error.localizedDescription)", place: path,
                remedy: "Remove it by hand, then try again")
        }
    }

    /// Free bytes for an ordinary account on the disk that holds `path`.
    static func freeBytes(_ path: String) throws -> Int64 {
        var result = statvfs()
        guard statvfs(path, &result) == 0 else { throw failure("ask for its free space", path) }
        return Int64(result.f_bavail) * Int64(result.f_frsize)
    }

    /// The path without links; the path itself when it does not exist.
    static func real(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
