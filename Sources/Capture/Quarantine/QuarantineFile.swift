import Glibc

/// The files `quarantine.jsonl` and `quarantine.1.jsonl`: when the first is full it replaces the second.
///
/// For one thread.
package final class QuarantineFile {
    /// Of one file: two of them are kept.
    package static let fileBytesMax = 16 << 20

    private let folder: String
    private let fileBytesMax: Int
    private var descriptor: Int32 = -1
    private var bytes = 0

    package init(folder: String, fileBytesMax: Int = QuarantineFile.fileBytesMax) {
        self.folder = folder
        self.fileBytesMax = fileBytesMax
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    package var path: String { folder + "/quarantine.jsonl" }
    package var olderPath: String { folder + "/quarantine.1.jsonl" }

    /// Writes the entries; they are on disk when it returns.
    package func append(_ entries: [QuarantineEntry]) throws(CaptureError) {
        guard !entries.isEmpty else { return }
        for entry in entries {
            let line = Array((entry.json + "\n").utf8)
            if descriptor >= 0, bytes + line.count > fileBytesMax { try turn() }
            if descriptor < 0 { try open() }
            try write(line)
        }
        guard fdatasync(descriptor) == 0 else { throw failure("written to disk") }
    }

    private func open() throws(CaptureError) {
        if mkdir(folder, 0o750) != 0, errno != EEXIST { throw failure("made") }
        descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure("opened") }
        var status = stat()
        bytes = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        if bytes >= fileBytesMax {
            try turn()
            try open()
        }
    }

    private func turn() throws(CaptureError) {
        Glibc.close(descriptor)
        descriptor = -1
        bytes = 0
        guard rename(path, olderPath) == 0 else { throw failure("renamed") }
    }

    private func write(_ line: [UInt8]) throws(CaptureError) {
        var done = 0
        while done < line.count {
            let count = line.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("written") }
            done += count
            bytes += count
        }
    }

    private func failure(_ verb: String) -> CaptureError {
        CaptureError(
            .fileSystem, "the quarantine file cannot be \(verb): \(String(cString: strerror(errno)))",
            place: path, remedy: "Make room on the disk, or correct the folder's rights")
    }
}
