import Glibc

/// Held by the one process that writes a journal. The system lets go of it when the process ends.
package final class FolderLock: Sendable {
    static let name = "lock"
    private let descriptor: Int32

    /// Makes the folder if there is none.
    package init(folder: String) throws(JournalError) {
        try Self.make(folder)
        let path = folder + "/" + Self.name
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw DiskFailure("opening", file: path, code: errno).explained()
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = Self.text(of: descriptor)
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw DiskFailure("locking", file: path, code: code).explained()
            }
            throw JournalError(
                .locked, "another process writes this journal\(holder.map { ", \($0)" } ?? "")", at: folder,
                remedy: "Stop that one first, or give this one a journal.folder of its own.")
        }
        self.descriptor = descriptor
        // Only for people who look who it is: the lock itself does not depend on it.
        let text = Array("process \(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 {
            _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        }
    }

    deinit { close(descriptor) }

    /// Whether a process writes the journal now.
    package static func isHeld(folder: String) -> Bool {
        let descriptor = open(folder + "/" + name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    private static func text(of descriptor: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let line = buffer.prefix(max(0, count)).prefix { $0 >= 0x20 && $0 < 0x7F }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    private static func make(_ folder: String) throws(JournalError) {
        var path = folder.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            path += "/" + part
            guard mkdir(path, 0o750) != 0, errno != EEXIST else { continue }
            // A folder on the way that we may not look into is not ours to make.
            let code = errno
            guard code == EACCES || code == EROFS, access(path, F_OK) == 0 else {
                throw DiskFailure("making the folder", file: path, code: code).explained()
            }
        }
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw JournalError(
                .disk, "the journal's place is no folder", at: folder,
                remedy: "Move the file away, or choose another journal.folder.")
        }
    }
}
