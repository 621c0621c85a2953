import Market
import Upbit

// libFuzzer's entry: any bytes, as a frame, as an answer of each REST request, and as a client's request.
// The address sanitizer sees any read behind the end.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    Fuzz.shared.frame(bytes)
    Fuzz.shared.answers(bytes)
    return 0
}

/// Decoders live as long as the process, as they do in the product: the order of keys that one input
/// teaches is met by the next one.
final class Fuzz {
    // libFuzzer calls from one thread.
    nonisolated(unsafe) static let shared = Fuzz()
    private var decoder = MessageDecoder()
    private var other = MessageDecoder()
    private let rest = RESTDecoder()

    func frame(_ bytes: UnsafeRawBufferPointer) {
        var cursor = FrameCursor(receivedAt: .epoch)
        // What was read once is read again, with the order of keys learned, and after it is written.
        for _ in 0..<2 {
            cursor = FrameCursor(receivedAt: .epoch)
            while let kind = try? decoder.next(in: bytes, &cursor) {
                guard kind == .trade || kind == .orderBook else { continue }
                let message = decoder.message(kind)
                let written = MessageEncoder(format: .simple).frame(message)
                let again = written.withUnsafeBytes { try? other.messages(in: $0, receivedAt: .epoch) }
                precondition(again == [message], "what was written is not what was read")
            }
        }
    }

    func answers(_ bytes: UnsafeRawBufferPointer) {
        _ = try? rest.trades(bytes, receivedAt: .epoch)
        _ = try? rest.candles(bytes, .minute1, receivedAt: .epoch)
        _ = try? rest.tickers(bytes, receivedAt: .epoch)
        _ = try? rest.orderBooks(bytes, receivedAt: .epoch)
        _ = try? rest.markets(bytes)
        _ = try? rest.instruments(bytes)
        _ = ClientRequest.read(bytes)
        _ = RESTFailure.error(status: 418, retryAfter: nil, body: bytes, target: "")
    }
}
