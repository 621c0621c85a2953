import CZlib

/// Expands messages, never beyond a bound.
package final class Inflater {
    private var stream = z_stream()
    private let keepsContext: Bool
    private static let tail: [UInt8] = [0, 0, 0xFF, 0xFF]
    private static let stepBytes = 16 * 1_024

    package init(keepsContext: Bool) throws(NetworkError) {
        self.keepsContext = keepsContext
        guard yeoul_inflate_start(&stream, -15) == Z_OK else {
            throw NetworkError(.exhausted, "zlib cannot be set up", remedy: "Is there memory left?")
        }
    }

    deinit {
        inflateEnd(&stream)
    }

    /// Appends what `payload` expands to; with `isLast` the message ends.
    package func expand(
        _ payload: UnsafeRawBufferPointer, isLast: Bool, into output: inout [UInt8], bytesMax: Int
    ) throws(Violation) {
        try expand(payload, into: &output, bytesMax: bytesMax)
        guard isLast else { return }
        var failure: Violation?
        Self.tail.withUnsafeBytes { tail in
            do throws(Violation) {
                try expand(tail, into: &output, bytesMax: bytesMax)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        if !keepsContext { inflateReset(&stream) }
    }

    private func expand(
        _ payload: UnsafeRawBufferPointer, into output: inout [UInt8], bytesMax: Int
    ) throws(Violation) {
        guard let base = payload.baseAddress else { return }
        stream.next_in = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(payload.count)
        var status = Z_OK
        repeat {
            let start = output.count
            // Text shrinks to about a fifth. One byte over the bound is enough to know.
            let guess = min(Self.stepBytes, max(1_024, Int(stream.avail_in) * 8))
            let room = min(guess, bytesMax + 1 - start)
            output.append(contentsOf: repeatElement(0, count: room))
            let left = output.withUnsafeMutableBufferPointer { buffer in
                stream.next_out = buffer.baseAddress.map { $0 + start }
                stream.avail_out = UInt32(room)
                status = inflate(&stream, Z_SYNC_FLUSH)
                return Int(stream.avail_out)
            }
            output.removeLast(left)
            guard output.count <= bytesMax else { throw .tooLarge(bytesMax) }
            if status == Z_STREAM_END {
                // A final block is allowed (RFC 7692 §7.2.3.4); what follows starts afresh.
                inflateReset(&stream)
                status = Z_OK
            }
        } while status == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0)
        guard status == Z_OK || status == Z_BUF_ERROR else {
            throw .invalidData("a compressed message cannot be expanded")
        }
    }
}
