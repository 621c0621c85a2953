import Database
import Diagnostics
import Glibc

/// The name that a data folder goes by in the databases that belong to it: 32 hexadecimal digits in the
/// file `identity`, made once. It moves with the folder.
enum DataFolderIdentity {
    private static let digits = 32

    /// The folder's identity; made when there is none, in a folder that is ours or may become it.
    static func establish(in folder: String) throws -> String {
        let layout = ClusterLayout(dataFolder: folder)
        try DataFolder.claim(layout)
        let path = self.path(layout)
        if let found = try read(path) { return found }
        var random = SystemRandomNumberGenerator()
        let text = (0..<digits).map { _ in String(Int.random(in: 0..<16, using: &random), radix: 16) }
            .joined()
        // Written whole under another name, and then linked: of several at once the first one counts.
        let draft = path + ".\(getpid())"
        try write(text + "\n", to: draft)
        defer { unlink(draft) }
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure("make", path) }
        guard let identity = try read(path) else { throw failure("read", path) }
        return identity
    }

    /// Nil when the folder has none yet.
    static func find(in folder: String) throws -> String? {
        try read(path(ClusterLayout(dataFolder: folder)))
    }

    private static func path(_ layout: ClusterLayout) -> String { layout.dataFolder + "/identity" }

    private static func read(_ path: String) throws -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("read", path)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: digits + 2)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self)
        guard text.utf8.count == digits,
            text.utf8.allSatisfy({ $0 < 128 && Character(Unicode.Scalar($0)).isHexDigit })
        else {
            throw ProgramError(
                "the identity of the data folder is damaged", place: path,
                remedy: "Put in the data_folder_id that ops.instance has in the folder's database")
        }
        return text
    }

    private static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("make", path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw failure("write", path)
        }
    }

    private static func failure(_ verb: String, _ path: String) -> ProgramError {
        ProgramError(
            "cannot \(verb) the identity of the data folder: \(String(cString: strerror(errno)))",
            place: path,
            remedy: "Check the folder's rights and its disk")
    }
}
