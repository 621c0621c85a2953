import Network
import Synchronization

/// Writes blocks of frames made beforehand, as fast as the client takes them.
final class Sender: WebSocketConsumer {
    static let blockBytesMax = 256 * 1_024

    private let block: [UInt8]
    private let lastBlock: [UInt8]
    private let left: Mutex<Int>

    init(messages: Int, compressed: Bool) throws {
        var payload = Array(Sample.trade.utf8)
        if compressed {
            let deflater = try Deflater(windowBits: 15, keepsContext: false)
            payload = payload.withUnsafeBytes { deflater.compress($0) }
        }
        var frame: [UInt8] = []
        payload.withUnsafeBytes {
            FrameHeader.append($0, opcode: .binary, isCompressed: compressed, mask: nil, to: &frame)
        }
        let count = Self.blockBytesMax / frame.count
        block = Array(repeatElement(frame, count: count).joined())
        lastBlock = Array(repeatElement(frame, count: messages % count).joined())
        left = Mutex(messages / count)
    }

    func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
        canSend(on: connection)
    }

    func canSend(on connection: any WebSocketConnection) {
        guard let connection = connection as? any MisbehavingConnection else { return }
        left.withLock { left in
            while left >= 0 {
                guard connection.sendRaw(left > 0 ? block : lastBlock) == .queued else { return }
                left -= 1
            }
        }
    }

    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow { .more }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {}
}
