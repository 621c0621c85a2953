import CPostgres
import Glibc

/// A descriptor that another thread makes readable.
final class WakeUp: Sendable {
    let descriptor: Int32

    init() throws(DatabaseError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else {
            throw DatabaseError(
                .limit, "cannot make an event descriptor: \(String(cString: strerror(errno)))",
                remedy: "Raise the limit of open files (ulimit -n)")
        }
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Cannot fail but at a count of 2^64, and then it is readable already.
    func signal() {
        _ = eventfd_write(descriptor, 1)
    }

    func clear() {
        var value: eventfd_t = 0
        _ = eventfd_read(descriptor, &value)
    }
}
