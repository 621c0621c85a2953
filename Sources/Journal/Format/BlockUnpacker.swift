import CZstd

/// Brings the frames of a block back.
final class BlockUnpacker {
    private let context: OpaquePointer

    init() throws(JournalError) {
        guard let context = ZSTD_createDCtx() else {
            throw JournalError(.exhausted, "there is no memory for unpacking blocks")
        }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// Nil when the body, whose checksum was right, is no block all the same.
    func frames(_ header: BlockHeader, body: UnsafeRawBufferPointer) -> FrameBatch? {
        let raw: [UInt8]
        switch header.packing {
        case .none:
            guard body.count == header.rawBytes else { return nil }
            raw = Array(body)
        case .zstd:
            var count = 0
            raw = [UInt8](unsafeUninitializedCapacity: header.rawBytes) { buffer, initialized in
                count = ZSTD_decompressDCtx(
                    context, buffer.baseAddress, header.rawBytes, body.baseAddress, body.count)
                initialized = ZSTD_isError(count) == 0 ? count : 0
            }
            guard ZSTD_isError(count) == 0, count == header.rawBytes else { return nil }
        }
        guard FrameBatch.isSound(raw, count: header.frames) else { return nil }
        return FrameBatch(firstSequence: header.firstSequence, count: header.frames, bytes: raw)
    }
}
