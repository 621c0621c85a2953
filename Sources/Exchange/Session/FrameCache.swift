import Upbit

/// One message in the formats that somebody wants, each encoded once.
struct FrameCache {
    private let message: Message
    private var frames: [WireFormat: [UInt8]] = [:]

    init(_ message: Message) { self.message = message }

    mutating func frame(_ encoder: MessageEncoder) -> [UInt8] {
        if let frame = frames[encoder.format] { return frame }
        let frame = encoder.frame(message)
        frames[encoder.format] = frame
        return frame
    }
}
