/// Frames that follow each other without a hole, in one piece of memory.
package struct FrameBatch: Sendable {
    /// The sequence number of the first frame.
    package internal(set) var firstSequence: UInt64
    package internal(set) var count: Int
    var bytes: [UInt8]

    package init() {
        firstSequence = 0
        count = 0
        bytes = []
    }

    init(firstSequence: UInt64, count: Int, bytes: [UInt8]) {
        self.firstSequence = firstSequence
        self.count = count
        self.bytes = bytes
    }

    package var isEmpty: Bool { count == 0 }
    /// Nil when the batch is empty.
    package var lastSequence: UInt64? { count == 0 ? nil : firstSequence + UInt64(count) - 1 }
    /// Bytes of the frames with their heads.
    package var byteCount: Int { bytes.count }

    /// The frames in their order. What a call is given is valid during that call only.
    package func forEach<Failure: Error>(_ body: (JournalFrame) throws(Failure) -> Void) throws(Failure) {
        var failure: Failure?
        bytes.withUnsafeBytes { all in
            var rest = all
            var sequence = firstSequence
            while let frame = FrameLayout.read(rest, sequence: sequence) {
                do throws(Failure) {
                    try body(frame)
                } catch {
                    failure = error
                    return
                }
                let used = FrameLayout.bytes(label: frame.label.count, payload: frame.payload.count)
                rest = UnsafeRawBufferPointer(rebasing: rest[used...])
                sequence += 1
            }
        }
        if let failure { throw failure }
    }

    /// Without the frames before `sequence`.
    func dropping(before sequence: UInt64) -> FrameBatch {
        guard sequence > firstSequence else { return self }
        let dropped = min(Int(sequence - firstSequence), count)
        let offset = bytes.withUnsafeBytes { all in
            var offset = 0
            for _ in 0..<dropped {
                offset += FrameLayout.bytes(at: UnsafeRawBufferPointer(rebasing: all[offset...])) ?? 0
            }
            return offset
        }
        return FrameBatch(
            firstSequence: firstSequence + UInt64(dropped), count: count - dropped,
            bytes: Array(bytes[offset...]))
    }

    /// Whether the bytes are exactly so many whole frames. What comes from a disk is looked at before it is
    /// handed out, so that `forEach` never ends early.
    static func isSound(_ bytes: [UInt8], count: Int) -> Bool {
        bytes.withUnsafeBytes { all in
            var offset = 0
            var found = 0
            while offset < all.count {
                let rest = UnsafeRawBufferPointer(rebasing: all[offset...])
                guard let frame = FrameLayout.read(rest, sequence: 0) else { return false }
                offset += FrameLayout.bytes(label: frame.label.count, payload: frame.payload.count)
                found += 1
            }
            return found == count
        }
    }
}
