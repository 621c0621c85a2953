import CZlib

/// Compresses messages for permessage-deflate (RFC 7692). Its owner sees to one thread at a time.
package final class Deflater: @unchecked Sendable {
    private var stream = z_stream()
    private let keepsContext: Bool
    private var chunk = [UInt8](repeating: 0, count: 16 * 1_024)

    /// `windowBits` 9…15.
    package init(windowBits: Int32, keepsContext: Bool) throws(NetworkError) {
        self.keepsContext = keepsContext
        // Level 1: the messages are short, and the sender's time is dearer than a few bytes.
        guard yeoul_deflate_start(&stream, 1, -windowBits, 8) == Z_OK else {
            throw NetworkError(.exhausted, "zlib cannot be set up", remedy: "Is there memory left?")
        }
    }

    deinit {
        deflateEnd(&stream)
    }

    /// The compressed payload, without the four bytes that every message ends with.
    package func compress(_ message: UnsafeRawBufferPointer) -> [UInt8] {
        var output: [UInt8] = []
        stream.next_in = UnsafeMutablePointer(
            mutating: message.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(message.count)
        repeat {
            let produced = chunk.withUnsafeMutableBufferPointer { buffer in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(buffer.count)
                deflate(&stream, Z_SYNC_FLUSH)
                return buffer.count - Int(stream.avail_out)
            }
            output.append(contentsOf: chunk[..<produced])
        } while stream.avail_out == 0
        if output.count >= 4 { output.removeLast(4) }
        if !keepsContext { deflateReset(&stream) }
        return output
    }
}
