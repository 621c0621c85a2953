import CZstd

/// Whole zstd frames. A file of them one after another is what `zstd -d` reads, too.
enum Zstandard {
    /// Fast enough to keep up with the server, and within some percent of the best.
    static let level: Int32 = 6

    static func compress(_ bytes: [UInt8]) throws(StorageError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let count = ZSTD_compress(&output, output.count, bytes, bytes.count, level)
        guard ZSTD_isError(count) == 0 else {
            throw StorageError(.archive, "zstd cannot compress: \(reason(count))")
        }
        output.removeLast(output.count - count)
        return output
    }

    /// Nil when the bytes are no frame of exactly `rawBytes` bytes.
    static func decompress(_ bytes: [UInt8], rawBytes: Int) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: rawBytes)
        let count = ZSTD_decompress(&output, output.count, bytes, bytes.count)
        return ZSTD_isError(count) == 0 && count == rawBytes ? output : nil
    }

    private static func reason(_ code: Int) -> String { String(cString: ZSTD_getErrorName(code)) }
}
