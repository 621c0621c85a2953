import Foundation

/// A pipe whose ends are not inherited by other programs that start meanwhile.
final class Pipe2 {
    private(set) var readEnd: Int32
    private(set) var writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Files.failure("make it", "a pipe") }
        readEnd = ends[0]
        writeEnd = ends[1]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    deinit {
        closeBoth()
    }

    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard bytes.isEmpty || Glibc.write(writeEnd, bytes, bytes.count) == bytes.count else {
            throw Files.failure("write to it", "a pipe")
        }
    }

    /// Takes what is there now, without waiting; drops what goes beyond `bytesMax`.
    func drain(into output: inout [UInt8], bytesMax: Int) {
        _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = read(readEnd, &chunk, chunk.count)
            guard count > 0 else { return }
            output.append(contentsOf: chunk[..<min(count, max(0, bytesMax - output.count))])
        }
    }

    func closeWriteEnd() {
        if writeEnd >= 0 { close(writeEnd) }
        writeEnd = -1
    }

    func closeBoth() {
        closeWriteEnd()
        if readEnd >= 0 { close(readEnd) }
        readEnd = -1
    }
}
