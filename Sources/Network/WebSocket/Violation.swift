/// How a peer broke the protocol, and the code that we close with.
package struct Violation: Error, Equatable {
    package let closeCode: UInt16
    package let words: String

    package static func protocolError(_ words: String) -> Violation {
        Violation(closeCode: CloseCode.protocolError, words: words)
    }

    package static func invalidData(_ words: String) -> Violation {
        Violation(closeCode: CloseCode.invalidData, words: words)
    }

    package static func tooLarge(_ bytesMax: Int) -> Violation {
        Violation(
            closeCode: CloseCode.tooLarge, words: "a message is larger than the bound of \(bytesMax) bytes")
    }

    package var error: NetworkError {
        closeCode == CloseCode.tooLarge
            ? NetworkError(
                .tooLarge, words, remedy: "Raise the bound if such messages are expected.",
                closeCode: closeCode)
            : NetworkError(
                .protocolViolation, "the peer broke the WebSocket protocol: \(words)",
                remedy: "Look at what stands between: a proxy may be altering the stream.",
                closeCode: closeCode)
    }
}
