import CZstd
import Glibc

/// What the journal is measured beside.
enum References {
    /// The same bytes through `zstd -1` in memory, in blocks of the journal's size; returns the packed size.
    static func pack(_ bytes: [UInt8], blockBytes: Int, level: Int32) -> Int {
        let context = ZSTD_createCCtx()
        defer { ZSTD_freeCCtx(context) }
        var packed = [UInt8](repeating: 0, count: ZSTD_compressBound(blockBytes))
        var total = 0
        bytes.withUnsafeBytes { all in
            var offset = 0
            while offset < all.count, let base = all.baseAddress {
                let count = min(blockBytes, all.count - offset)
                total += ZSTD_compressCCtx(context, &packed, packed.count, base + offset, count, level)
                offset += count
            }
        }
        return total
    }

    /// The same bytes written and synced by `fdatasync` every `groupBytes`.
    static func write(_ bytes: [UInt8], to path: String, groupBytes: Int) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { return false }
        defer {
            close(descriptor)
            unlink(path)
        }
        return bytes.withUnsafeBytes { all in
            var offset = 0
            while offset < all.count, let base = all.baseAddress {
                let count = Glibc.write(descriptor, base + offset, min(groupBytes, all.count - offset))
                guard count > 0, fdatasync(descriptor) == 0 else { return false }
                offset += count
            }
            return true
        }
    }
}
