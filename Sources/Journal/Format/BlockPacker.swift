import CZstd

/// Makes blocks of frames. Keeps zstd's working memory between blocks.
final class BlockPacker {
    /// Measured in docs/benchmarks.md: higher levels cost more than they save.
    static let level: Int32 = 1

    private let context: OpaquePointer
    private var packed: [UInt8] = []

    init() throws(JournalError) {
        guard let context = ZSTD_createCCtx() else {
            throw JournalError(.exhausted, "there is no memory for packing blocks")
        }
        self.context = context
    }

    deinit { ZSTD_freeCCtx(context) }

    /// Header and body of a block. What zstd cannot make smaller is kept as it is.
    func block(_ raw: [UInt8], frames: Int, firstSequence: UInt64, salt: UInt64) -> (BlockHeader, [UInt8]) {
        let bound = ZSTD_compressBound(raw.count)
        if packed.count < bound { packed = [UInt8](repeating: 0, count: bound) }
        let count = ZSTD_compressCCtx(context, &packed, packed.count, raw, raw.count, Self.level)
        let isPacked = ZSTD_isError(count) == 0 && count < raw.count
        let (earliest, latest) = Self.times(of: raw)
        var header = BlockHeader(
            bodyChecksum: 0, bodyBytes: isPacked ? count : raw.count, rawBytes: raw.count, frames: frames,
            packing: isPacked ? .zstd : .none, firstSequence: firstSequence, earliest: earliest,
            latest: latest, salt: salt)
        let body = isPacked ? packed[0..<count] : raw[...]
        header.bodyChecksum = body.withUnsafeBytes { Checksum.crc32c($0) }
        var bytes = header.encoded()
        bytes.append(contentsOf: body)
        return (header, bytes)
    }

    /// The earliest and the latest wall clock of the frames: it may step, so they need not be at the ends.
    private static func times(of raw: [UInt8]) -> (Int64, Int64) {
        raw.withUnsafeBytes { all in
            var earliest = Int64.max
            var latest = Int64.min
            var offset = 0
            while let base = all.baseAddress,
                let bytes = FrameLayout.bytes(at: UnsafeRawBufferPointer(rebasing: all[offset...]))
            {
                let time = FrameLayout.unixMicroseconds(at: base + offset)
                earliest = min(earliest, time)
                latest = max(latest, time)
                offset += bytes
            }
            return (earliest, latest)
        }
    }
}
