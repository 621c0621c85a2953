import Foundation

/// A terminal of the test's own, and what was written to it.
final class Terminal {
    struct Failure: Error {}

    /// The side that a program takes for its terminal.
    let program: FileHandle
    private let screen: Int32
    // TIOCSPTLCK and TIOCGPTN, which Swift's import of the headers leaves out.
    private static let unlock: UInt = 0x4004_5431
    private static let askNumber: UInt = 0x8004_5430
    private var bytes: [UInt8] = []

    init(columns: UInt16) throws {
        screen = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        var number: UInt32 = 0
        var isLocked: Int32 = 0
        guard screen >= 0, ioctl(screen, Self.unlock, &isLocked) == 0,
            ioctl(screen, Self.askNumber, &number) == 0
        else { throw Failure() }
        let descriptor = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure() }
        var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
        program = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    deinit { close(screen) }

    /// Everything until now.
    var text: String {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(screen, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The line that is drawn over, each time as it was.
    var lines: [String] {
        text.components(separatedBy: "\r\u{1B}[K").dropFirst().map { part in
            String(part.prefix { $0 != "\r" && $0 != "\r\n" })
        }
    }
}
