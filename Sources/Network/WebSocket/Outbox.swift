import Synchronization

/// The bounded queue of what one connection has to send, filled from any thread.
///
/// Frames are written into one run of bytes, which the loop takes as a whole.
final class Outbox: Sendable {
    /// How a connection ends once all that was queued before has gone out.
    enum Ending: Sendable, Equatable {
        /// After our close frame: wait for the peer's.
        case closeHandshake
        /// End our side without a close frame.
        case vanish
        /// With a reset.
        case reset
    }

    private struct State {
        var isOpen = false
        var pending: [UInt8] = []
        var takenBytes = 0
        var ending: Ending?
        var wantsRoom = false
        var overflowed = false
        var deflater: Deflater?
    }

    /// Room above the bound that is left to control frames: pongs, pings, one close.
    static let controlBytesMax = 4_096
    /// Memory of the queue that is kept when it is empty.
    private static let keptBytesMax = 1_048_576

    private let bytesMax: Int
    private let policy: WebSocketBounds.AtQueueBound
    private let masks: Bool
    private let state = Mutex(State())

    /// `masks`: whether we are the client.
    init(_ bounds: WebSocketBounds, masks: Bool) {
        bytesMax = bounds.queuedBytesMax
        policy = bounds.atQueueBound
        self.masks = masks
    }

    func open(deflater: Deflater?) {
        state.withLock { state in
            state.isOpen = true
            state.deflater = deflater
        }
    }

    /// Nothing goes out any more.
    func shut() {
        state.withLock { state in
            state.isOpen = false
            state.pending = []
            state.deflater = nil
        }
    }

    var queuedBytes: Int {
        state.withLock { $0.pending.count + $0.takenBytes }
    }

    func send(_ message: UnsafeRawBufferPointer, as kind: MessageKind) -> SendResult {
        state.withLock { state in
            guard state.isOpen, state.ending == nil else { return .notOpen }
            guard state.pending.count + state.takenBytes + message.count + FrameHeader.bytesMax <= bytesMax
            else {
                state.wantsRoom = true
                if policy == .disconnect { state.overflowed = true }
                return .full
            }
            if let deflater = state.deflater {
                deflater.compress(message).withUnsafeBytes { compressed in
                    append(compressed, kind, isCompressed: true, to: &state.pending)
                }
            } else {
                append(message, kind, isCompressed: false, to: &state.pending)
            }
            return .queued
        }
    }

    /// A ping or a pong; left out when even the room for control frames is full.
    func sendControl(_ opcode: FrameHeader.Opcode, _ payload: UnsafeRawBufferPointer) {
        state.withLock { state in
            guard state.isOpen, state.ending == nil,
                state.pending.count + state.takenBytes < bytesMax + Self.controlBytesMax
            else { return }
            FrameHeader.append(payload, opcode: opcode, mask: mask(), to: &state.pending)
        }
    }

    /// The close frame (once), after which nothing else is queued. A nil code makes an empty one.
    func sendClose(_ code: UInt16?, reason: String) {
        var payload: [UInt8] = []
        if let code {
            payload.append(UInt8(code >> 8))
            payload.append(UInt8(code & 0xFF))
            payload.append(contentsOf: Self.cut(reason).utf8)
        }
        payload.withUnsafeBytes { bytes in
            state.withLock { state in
                guard state.isOpen, state.ending == nil else { return }
                FrameHeader.append(bytes, opcode: .close, mask: mask(), to: &state.pending)
                state.ending = .closeHandshake
            }
        }
    }

    /// Any bytes, not framed: for an exchange that is to misbehave.
    func sendRaw(_ bytes: [UInt8]) -> SendResult {
        state.withLock { state in
            guard state.isOpen, state.ending == nil else { return .notOpen }
            guard state.pending.count + state.takenBytes + bytes.count <= bytesMax else {
                state.wantsRoom = true
                return .full
            }
            state.pending.append(contentsOf: bytes)
            return .queued
        }
    }

    func end(_ ending: Ending) {
        state.withLock { state in
            if state.ending == nil { state.ending = ending }
        }
    }

    /// Hands the queued bytes to the loop, which returns an empty buffer for the next ones.
    func take(_ buffer: inout [UInt8]) {
        state.withLock { state in
            buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptBytesMax)
            swap(&buffer, &state.pending)
            state.takenBytes = buffer.count
        }
    }

    /// What the loop must know after the system took `bytes`.
    struct Progress {
        let hasPending: Bool
        let hasRoomAgain: Bool
        let ending: Ending?
        let overflowed: Bool
    }

    func wrote(_ bytes: Int) -> Progress {
        state.withLock { state in
            state.takenBytes -= bytes
            let hasRoomAgain = state.wantsRoom && state.pending.count + state.takenBytes <= bytesMax / 2
            if hasRoomAgain { state.wantsRoom = false }
            return Progress(
                hasPending: !state.pending.isEmpty, hasRoomAgain: hasRoomAgain, ending: state.ending,
                overflowed: state.overflowed)
        }
    }

    private func append(
        _ payload: UnsafeRawBufferPointer, _ kind: MessageKind, isCompressed: Bool, to output: inout [UInt8]
    ) {
        FrameHeader.append(
            payload, opcode: kind == .text ? .text : .binary, isCompressed: isCompressed, mask: mask(),
            to: &output)
    }

    private func mask() -> UInt32? {
        masks ? UInt32.random(in: 1...UInt32.max) : nil
    }

    /// A close frame holds 125 bytes, two of them the code; a character is not cut in two.
    private static func cut(_ reason: String) -> String {
        var text = reason
        while text.utf8.count > FrameHeader.controlPayloadBytesMax - 2 { text.removeLast() }
        return text
    }
}
