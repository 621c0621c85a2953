import Glibc

/// A file that is being written: under a temporary name until it is whole and on disk.
final class ArchiveFile {
    private let path: String
    private let temporaryPath: String
    private var descriptor: Int32
    private(set) var bytes = 0

    init(path: String) throws(StorageError) {
        self.path = path
        temporaryPath = path + ".partial"
        // What an interrupted run left.
        unlink(temporaryPath)
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw Self.failure("cannot create the file", path) }
    }

    deinit {
        if descriptor >= 0 { discard() }
    }

    func write(_ content: [UInt8]) throws(StorageError) {
        var start = 0
        while start < content.count {
            let count = content.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure("cannot write byte \(bytes + start)", path)
            }
            start += count
        }
        bytes += content.count
    }

    /// Puts the file under its name, and on disk, before it returns.
    func commit() throws(StorageError) {
        guard fsync(descriptor) == 0 else { throw Self.failure("cannot sync", path) }
        guard rename(temporaryPath, path) == 0 else { throw Self.failure("cannot rename into place", path) }
        close(descriptor)
        descriptor = -1
        try Self.syncFolder(of: path)
    }

    func discard() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        unlink(temporaryPath)
    }

    /// A rename is on disk once its folder is.
    private static func syncFolder(of path: String) throws(StorageError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot open the folder", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("cannot sync the folder", folder) }
    }

    static func failure(_ what: String, _ path: String, _ code: Int32 = errno) -> StorageError {
        let remedy =
            switch code {
            case ENOSPC, EDQUOT, EFBIG: "Make room on the disk or move the archive; nothing was dropped."
            case EACCES, EPERM, EROFS: "Make the archive's folder writable for this account."
            default: "Check the disk."
            }
        return StorageError(
            .archive, "\(what): \(String(cString: strerror(code)))", place: path, remedy: remedy)
    }
}
