import Glibc

/// Reads whole small files that people write: settings, policies, `.env`.
package enum TextFile {
    /// The bytes of the regular file at `path`. Directories, pipes and devices are refused (a pipe would
    /// block for ever), as is a file of more than `bytesMax` bytes.
    package static func read(_ path: String, bytesMax: Int) throws(YAMLError) -> [UInt8] {
        // Non-blocking, so that opening a pipe that nobody writes to returns and can be refused.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw YAMLError(
                .file, "not a regular file", file: path, remedy: "Name a file, not a folder or a pipe.")
        }
        return try readAll(descriptor, path: path, bytesMax: bytesMax)
    }

    private static func readAll(
        _ descriptor: Int32, path: String, bytesMax: Int
    ) throws(YAMLError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable(path, errno)
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            // The size is counted here, not taken from stat: /proc says 0, and a file may grow.
            guard bytes.count <= bytesMax else {
                throw YAMLError(
                    .limit, "the file has more than \(bytesMax) bytes", file: path,
                    remedy: "Check that this is the file you meant.")
            }
        }
    }

    private static func unreadable(_ path: String, _ code: Int32) -> YAMLError {
        let remedy =
            switch code {
            case ENOENT, ENOTDIR: "Check the path, or create the file."
            case EACCES, EPERM: "Make it readable for the account that runs this."
            default: "Check the path and the disk."
            }
        return YAMLError(
            .file, "cannot read the file: \(String(cString: strerror(code)))", file: path, remedy: remedy)
    }
}
