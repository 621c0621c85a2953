/// The first bytes of a frame (RFC 6455 §5.2). Pure.
package struct FrameHeader: Equatable {
    package enum Opcode: UInt8 {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        package var isControl: Bool { rawValue >= 8 }
    }

    /// What a peer may send us.
    package struct Rules: Equatable {
        /// A client must mask, a server must not.
        package let isMasked: Bool
        package let allowsCompression: Bool
        package let payloadBytesMax: Int
    }

    package enum Parsed: Equatable {
        case incomplete
        case header(FrameHeader)
        case violation(Violation)
    }

    package static let bytesMax = 14
    package static let controlPayloadBytesMax = 125

    package let opcode: Opcode
    package let isFinal: Bool
    package let isCompressed: Bool
    /// The four bytes as they stand in memory.
    package let mask: UInt32
    package let headerBytes: Int
    package let payloadBytes: Int

    @inline(__always)
    package static func parse(_ bytes: UnsafeRawBufferPointer, _ rules: Rules) -> Parsed {
        guard bytes.count >= 2 else { return .incomplete }
        let first = bytes[0]
        let second = bytes[1]
        guard let opcode = Opcode(rawValue: first & 0x0F) else {
            return .violation(.protocolError("a frame has the unknown opcode \(first & 0x0F)"))
        }
        let isFinal = first & 0x80 != 0
        let isCompressed = first & 0x40 != 0
        let isMasked = second & 0x80 != 0
        let short = Int(second & 0x7F)
        if first & 0x30 != 0
            || (isCompressed && (!rules.allowsCompression || opcode.isControl || opcode == .continuation))
        {
            return .violation(.protocolError("a frame has a reserved bit set that was not agreed"))
        }
        guard isMasked == rules.isMasked else {
            return .violation(
                .protocolError(isMasked ? "a server's frame is masked" : "a client's frame is not masked"))
        }
        if opcode.isControl, !isFinal || short > controlPayloadBytesMax {
            return .violation(.protocolError("a control frame is fragmented or longer than 125 bytes"))
        }
        let lengthBytes = short == 126 ? 2 : short == 127 ? 8 : 0
        let headerBytes = 2 + lengthBytes + (isMasked ? 4 : 0)
        guard bytes.count >= 2 + lengthBytes else { return .incomplete }
        var length = UInt64(short)
        if lengthBytes > 0 {
            length = 0
            for index in 2..<(2 + lengthBytes) { length = length << 8 | UInt64(bytes[index]) }
            guard length >= (lengthBytes == 2 ? 126 : 65_536), length >> 63 == 0 else {
                return .violation(.protocolError("a frame's length is not written in its shortest form"))
            }
        }
        guard length <= UInt64(rules.payloadBytesMax) else {
            return .violation(.tooLarge(rules.payloadBytesMax))
        }
        guard bytes.count >= headerBytes else { return .incomplete }
        let mask =
            isMasked ? bytes.loadUnaligned(fromByteOffset: headerBytes - 4, as: UInt32.self) : 0
        return .header(
            FrameHeader(
                opcode: opcode, isFinal: isFinal, isCompressed: isCompressed, mask: mask,
                headerBytes: headerBytes, payloadBytes: Int(length)))
    }

    /// Appends a frame to `output`. A client passes a `mask` that nobody can foresee.
    package static func append(
        _ payload: UnsafeRawBufferPointer, opcode: Opcode, isFinal: Bool = true, isCompressed: Bool = false,
        mask: UInt32?, to output: inout [UInt8]
    ) {
        output.append((isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode.rawValue)
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        switch payload.count {
        case ...125:
            output.append(maskBit | UInt8(payload.count))
        case ...65_535:
            output.append(maskBit | 126)
            output.append(UInt8(payload.count >> 8))
            output.append(UInt8(payload.count & 0xFF))
        default:
            output.append(maskBit | 127)
            withUnsafeBytes(of: UInt64(payload.count).bigEndian) { output.append(contentsOf: $0) }
        }
        guard let mask else {
            output.append(contentsOf: payload)
            return
        }
        withUnsafeBytes(of: mask) { output.append(contentsOf: $0) }
        let start = output.count
        output.append(contentsOf: payload)
        output.withUnsafeMutableBytes { raw in
            Masking.apply(mask, to: UnsafeMutableRawBufferPointer(rebasing: raw[start...]))
        }
    }
}
