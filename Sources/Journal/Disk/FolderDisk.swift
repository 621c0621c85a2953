import Glibc
import Synchronization

/// A folder of the file system.
package final class FolderDisk: JournalDisk {
    /// Files that are kept open: the one that is written, and those that are being read.
    static let openFilesMax = 8

    package let path: String
    private let open = Mutex<[OpenFile]>([])

    /// For reading a journal that is there; whoever may write it has `JournalFolder`.
    package init(path: String) {
        self.path = path
    }

    private func path(of name: String) -> String { path + "/" + name }

    package func names() throws(DiskFailure) -> [String] {
        guard let folder = opendir(path) else { throw DiskFailure("listing", file: path, code: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                guard errno == 0 else { throw DiskFailure("listing", file: path, code: errno) }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    package func size(of name: String) throws(DiskFailure) -> Int {
        var status = stat()
        guard stat(path(of: name), &status) == 0 else { throw failure("looking at", name) }
        return Int(status.st_size)
    }

    package func create(_ name: String) throws(DiskFailure) {
        let descriptor = Glibc.open(path(of: name), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure("making", name) }
        keep(OpenFile(name: name, descriptor: descriptor))
        // Without this a crash may leave the data without a name.
        try syncFolder()
    }

    package func write(
        _ bytes: UnsafeRawBufferPointer, to name: String, at offset: Int
    ) throws(DiskFailure) {
        let file = try file(name)
        var written = 0
        while written < bytes.count, let base = bytes.baseAddress {
            let count = pwrite(
                file.descriptor, base + written, bytes.count - written, off_t(offset + written))
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                throw failure("writing", name)
            }
        }
    }

    package func sync(_ name: String) throws(DiskFailure) {
        let file = try file(name)
        let wasCut = file.isCut.exchange(false, ordering: .relaxed)
        let status = wasCut ? fsync(file.descriptor) : fdatasync(file.descriptor)
        guard status == 0 else { throw failure("syncing", name) }
    }

    package func read(
        _ name: String, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(DiskFailure) -> Int {
        let file = try file(name)
        var filled = 0
        while filled < buffer.count, let base = buffer.baseAddress {
            let count = pread(file.descriptor, base + filled, buffer.count - filled, off_t(offset + filled))
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw failure("reading", name)
            }
        }
        return filled
    }

    package func truncate(_ name: String, to size: Int) throws(DiskFailure) {
        let file = try file(name)
        file.isCut.store(true, ordering: .relaxed)
        guard ftruncate(file.descriptor, off_t(size)) == 0 else { throw failure("cutting", name) }
    }

    package func remove(_ name: String) throws(DiskFailure) {
        finish(name)
        guard unlink(path(of: name)) == 0 else { throw failure("removing", name) }
        try syncFolder()
    }

    package func finish(_ name: String) {
        open.withLock { $0.removeAll { $0.name == name } }
    }

    package func freeBytes() throws(DiskFailure) -> Int {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw DiskFailure("asking", file: path, code: errno) }
        return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    private func syncFolder() throws(DiskFailure) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskFailure("opening", file: path, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DiskFailure("syncing", file: path, code: errno) }
    }

    private func failure(_ operation: String, _ name: String) -> DiskFailure {
        DiskFailure(operation, file: path(of: name), code: errno)
    }

    private func file(_ name: String) throws(DiskFailure) -> OpenFile {
        let kept = open.withLock { open in open.first { $0.name == name } }
        if let kept { return kept }
        var descriptor = Glibc.open(path(of: name), O_RDWR | O_CLOEXEC)
        if descriptor < 0, errno == EACCES || errno == EROFS {
            descriptor = Glibc.open(path(of: name), O_RDONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw failure("opening", name) }
        let file = OpenFile(name: name, descriptor: descriptor)
        keep(file)
        return file
    }

    private func keep(_ file: OpenFile) {
        open.withLock { open in
            if open.count >= Self.openFilesMax { open.removeFirst() }
            open.append(file)
        }
    }
}
