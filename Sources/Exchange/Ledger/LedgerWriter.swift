import Glibc

/// Writes a ledger. `flush` hands everything to the operating system: what was flushed survives the end
/// of the process, however it ends.
///
/// One thread at a time uses it: the exchange does so under its lock.
package final class LedgerWriter: @unchecked Sendable {
    private let descriptor: Int32
    private let path: String
    private var block = LedgerBlock()
    private var full: [UInt8] = []

    /// Begins a new ledger; an existing file is replaced.
    package init(path: String) throws(ExchangeError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw ExchangeError(
                .fileSystem, "the ledger cannot be written: \(String(cString: strerror(errno)))", at: path,
                remedy: "Name a file in a folder that exists and may be written to.")
        }
        self.descriptor = descriptor
        self.path = path
        full = LedgerCoding.signature
    }

    deinit { Glibc.close(descriptor) }

    /// Puts a trade down; it is in the file after `flush`.
    package func append(_ entry: LedgerEntry) {
        if block.isFull { full.append(contentsOf: block.close()) }
        block.append(entry)
    }

    package func flush() throws(ExchangeError) {
        if !block.isEmpty { full.append(contentsOf: block.close()) }
        var done = 0
        while done < full.count {
            let count = full.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw ExchangeError(
                    .fileSystem, "the ledger cannot be written on: \(String(cString: strerror(errno)))",
                    at: path, remedy: "Make room on the disk and start the exchange again.")
            }
            done += count
        }
        full.removeAll(keepingCapacity: true)
    }
}
