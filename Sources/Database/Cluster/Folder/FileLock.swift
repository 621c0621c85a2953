import Foundation

/// A lock on a file that the kernel gives back when the process ends, however it ends.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Opens the file for locking; a file of mode 0600 is made when there is none.
    init(_ path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Files.failure("open it", path) }
    }

    deinit {
        close(descriptor)
    }

    /// Takes the lock for oneself, if nobody has it in any way.
    func takeExclusive() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Takes the lock together with others that share it.
    func takeShared() -> Bool { flock(descriptor, LOCK_SH | LOCK_NB) == 0 }

    func release() { flock(descriptor, LOCK_UN) }

    /// The processes that hold a lock on this file, as far as the system shows them; ours is left out.
    func otherHolders() -> [Int32] {
        var status = stat()
        guard fstat(descriptor, &status) == 0, let locks = try? Files.text("/proc/locks", bytesMax: 1 << 20)
        else { return [] }
        return Self.holders(of: UInt64(status.st_ino), in: locks).filter { $0 != getpid() }
    }

    /// Reads lines such as `1: FLOCK  ADVISORY  READ 4711 fe:00:123456 0 EOF`.
    static func holders(of inode: UInt64, in locks: String) -> [Int32] {
        var found: Set<Int32> = []
        for line in locks.split(separator: "\n") {
            let words = line.split(separator: " ")
            // A waiting locker has the word "->" after the number.
            guard words.count >= 6, words[1] == "FLOCK", let pid = Int32(words[4]), pid > 0,
                words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode
            else { continue }
            found.insert(pid)
        }
        return found.sorted()
    }
}
