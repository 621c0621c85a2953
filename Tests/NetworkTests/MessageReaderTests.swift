import Network
import Testing

@Suite struct MessageReaderTests {
    /// What a reader makes of bytes, told so that it can be compared.
    enum Seen: Equatable {
        case message(MessageKind, [UInt8])
        case ping([UInt8])
        case pong([UInt8])
        case close(UInt16?, String)
    }

    /// Feeds `bytes` in parts of `step`, as a socket would.
    static func read(
        _ bytes: [UInt8], step: Int = .max, isMasked: Bool = false, messageBytesMax: Int = 1_000,
        inflater: Inflater? = nil
    ) throws -> [Seen] {
        var reader = MessageReader(
            isMasked: isMasked, messageBytesMax: messageBytesMax, inflater: inflater)
        var seen: [Seen] = []
        var waiting: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            waiting += rest.prefix(step)
            rest = rest.dropFirst(step)
            let used = try waiting.withUnsafeMutableBytes { raw in
                try reader.read(raw) { event in
                    switch event {
                    case .message(let kind, let payload): seen.append(.message(kind, Array(payload)))
                    case .ping(let payload): seen.append(.ping(Array(payload)))
                    case .pong(let payload): seen.append(.pong(Array(payload)))
                    case .close(let code, let reason): seen.append(.close(code, reason))
                    }
                    return .more
                }
            }
            waiting.removeFirst(used)
        }
        return seen
    }

    static func frame(
        _ opcode: FrameHeader.Opcode, _ payload: [UInt8], isFinal: Bool = true, isCompressed: Bool = false,
        mask: UInt32? = nil
    ) -> [UInt8] {
        var output: [UInt8] = []
        payload.withUnsafeBytes {
            FrameHeader.append(
                $0, opcode: opcode, isFinal: isFinal, isCompressed: isCompressed, mask: mask, to: &output)
        }
        return output
    }

    static func violation(_ bytes: [UInt8], isMasked: Bool = false) -> Violation? {
        do {
            _ = try read(bytes, isMasked: isMasked)
            return nil
        } catch {
            return error as? Violation
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func fragmentsAreJoinedAndControlFramesBetweenThemPass(step: Int) throws {
        let bytes =
            Self.frame(.binary, [1, 2], isFinal: false) + Self.frame(.ping, [9])
            + Self.frame(.continuation, [3], isFinal: false) + Self.frame(.pong, [])
            + Self.frame(.continuation, [4, 5]) + Self.frame(.text, Array("끝".utf8))
            + Self.frame(.close, [3, 232])
        #expect(
            try Self.read(bytes, step: step) == [
                .ping([9]), .pong([]), .message(.binary, [1, 2, 3, 4, 5]),
                .message(.text, Array("끝".utf8)), .close(1_000, ""),
            ])
    }

    @Test func anyCuttingOfTheStreamGivesTheSameMessages() throws {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        var expected: [Seen] = []
        for size in [0, 5, 125, 126, 400, 999] {
            let payload = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            bytes += Self.frame(.binary, payload, mask: UInt32.random(in: 1...UInt32.max, using: &generator))
            expected.append(.message(.binary, payload))
        }
        for step in 1...40 {
            #expect(try Self.read(bytes, step: step, isMasked: true) == expected)
        }
    }

    @Test func masksMustBeAsTheRoleDemands() {
        #expect(Self.violation(Self.frame(.text, [65], mask: 7))?.closeCode == CloseCode.protocolError)
        #expect(Self.violation(Self.frame(.text, [65]), isMasked: true)?.closeCode == CloseCode.protocolError)
    }

    @Test(arguments: [
        [0x83, 0x00], [0x8B, 0x00],  // unknown opcodes
        [0xC1, 0x00], [0xA1, 0x00], [0x91, 0x00],  // reserved bits that were not agreed
        [0x80, 0x00],  // a continuation of nothing
        [0x09, 0x00],  // a fragmented ping
        [0x89, 0x7E, 0x00, 0x7E],  // a ping that is too long
        [0x82, 0x7E, 0x00, 0x05], [0x82, 0x7F, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],  // lengths in a longer form
        [0x82, 0x7F, 0x80, 0, 0, 0, 0, 1, 0, 0],  // a length with its highest bit
        [0x01, 0x00, 0x81, 0x00],  // a message inside another
        [0x88, 0x01, 0x03], [0x88, 0x02, 0x03, 0xED], [0x88, 0x02, 0x00, 0x00],  // closes
    ])
    func framesThatBreakTheRulesAreRefused(bytes: [UInt8]) {
        #expect(Self.violation(bytes)?.closeCode == CloseCode.protocolError)
    }

    @Test(arguments: [
        [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80], [0xE2, 0x82], [0xF8, 0x88],
        [0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0xFF],
    ])
    func textThatIsNotUTF8IsRefused(bytes: [UInt8]) throws {
        #expect(Self.violation(Self.frame(.text, bytes))?.closeCode == CloseCode.invalidData)
        #expect(try Self.read(Self.frame(.binary, bytes)) == [.message(.binary, bytes)])
    }

    @Test func textIsJudgedAsSwiftJudgesIt() {
        var generator = SystemRandomNumberGenerator()
        let parts: [[UInt8]] = [
            [0x41], [0xC3, 0xA9], [0xEA, 0xB0, 0x80], [0xF0, 0x9F, 0x98, 0x80], [0x80], [0xED, 0xA0], [0xF4],
        ]
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &generator)).flatMap { _ in
                parts[Int.random(in: 0..<(Bool.random(using: &generator) ? 4 : 7), using: &generator)]
            }
            let isValid = bytes.withUnsafeBytes { UTF8Text.isValid($0) }
            #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }

    @Test func aMessageOverTheBoundIsRefusedBeforeItHasCome() {
        // 10 MB are announced; not one byte of them is needed to refuse.
        let announced: [UInt8] = [0x82, 0x7F, 0, 0, 0, 0, 0x00, 0x98, 0x96, 0x80]
        #expect(Self.violation(announced)?.closeCode == CloseCode.tooLarge)
        let half = [UInt8](repeating: 1, count: 600)
        let fragments = Self.frame(.binary, half, isFinal: false) + Self.frame(.continuation, half)
        #expect(Self.violation(fragments)?.closeCode == CloseCode.tooLarge)
    }

    @Test(arguments: [true, false])
    func compressedMessagesExpandWithAndWithoutContext(keepsContext: Bool) throws {
        let deflater = try Deflater(windowBits: 15, keepsContext: keepsContext)
        let inflater = try Inflater(keepsContext: keepsContext)
        var bytes: [UInt8] = []
        var expected: [Seen] = []
        for number in 0..<20 {
            let message = Array("{\"type\":\"trade\",\"code\":\"KRW-BTC\",\"number\":\(number)}".utf8)
            let compressed = message.withUnsafeBytes { deflater.compress($0) }
            // In two fragments, cut anywhere: only the first says that it is compressed.
            let cut = number % compressed.count
            bytes += Self.frame(.text, Array(compressed[..<cut]), isFinal: false, isCompressed: true)
            bytes += Self.frame(.continuation, Array(compressed[cut...]))
            expected.append(.message(.text, message))
        }
        #expect(try Self.read(bytes, step: 11, inflater: inflater) == expected)
    }

    @Test func aBombIsRefusedAtTheBoundAndNotExpandedFurther() throws {
        let deflater = try Deflater(windowBits: 15, keepsContext: true)
        let bomb = [UInt8](repeating: 0, count: 10_000_000).withUnsafeBytes { deflater.compress($0) }
        #expect(bomb.count < 100_000)
        var output: [UInt8] = []
        let inflater = try Inflater(keepsContext: true)
        #expect(throws: Violation.self) {
            try bomb.withUnsafeBytes {
                try inflater.expand($0, isLast: true, into: &output, bytesMax: 1_000)
            }
        }
        #expect(output.count <= 1_001)
    }

    @Test func rubbishInsteadOfCompressedBytesIsRefused() throws {
        let frame = Self.frame(.binary, [0xFF, 0xFF, 0xFF, 0xFF], isCompressed: true)
        #expect(throws: Violation.self) {
            try Self.read(frame, inflater: try Inflater(keepsContext: true))
        }
    }

    @Test func aPauseLeavesTheRestUnread() throws {
        var reader = MessageReader(isMasked: false, messageBytesMax: 100, inflater: nil)
        var bytes = Self.frame(.binary, [1]) + Self.frame(.binary, [2])
        let used = try bytes.withUnsafeMutableBytes { try reader.read($0) { _ in .pause } }
        #expect(used == 3)
    }
}
