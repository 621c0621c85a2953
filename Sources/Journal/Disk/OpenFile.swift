import Glibc
import Synchronization

/// A descriptor that is closed when nobody uses it any more, also when another thread just removed the file.
final class OpenFile: Sendable {
    let name: String
    let descriptor: Int32
    /// It was made shorter since the last sync, which `fdatasync` need not write.
    let isCut = Atomic(false)

    init(name: String, descriptor: Int32) {
        self.name = name
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
