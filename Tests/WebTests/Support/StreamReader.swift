import Foundation
import Network
import Web

/// A client of the stream.
final class StreamReader {
    let inbox = WebSocketInbox()
    private let loop: EventLoop
    private let connection: any WebSocketConnection
    /// What came while something else was waited for: the first messages come in any order.
    private var skipped: [[String: Any]] = []

    init(_ fixture: WebFixture, _ query: String, headers: HTTPHeaders = HTTPHeaders()) throws {
        loop = try EventLoop(named: "stream-reader")
        let address = try Address("ws://127.0.0.1:\(fixture.server.address.port)/api/stream?\(query)")
        connection = WebSocketClient(on: loop).connect(
            WebSocketRequest(to: address, headers: headers), consumer: inbox)
    }

    deinit { loop.stop() }

    func send(_ text: String) { _ = connection.send(text) }

    /// The next message of the type that `isWanted`; those of other types are kept for later.
    func next(
        _ type: String, where isWanted: ([String: Any]) -> Bool = { _ in true }
    ) async throws -> [String: Any] {
        while let index = skipped.firstIndex(where: { $0["type"] as? String == type }) {
            let object = skipped.remove(at: index)
            if isWanted(object) { return object }
        }
        while true {
            let bytes = try await inbox.nextMessage()
            guard let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
                continue
            }
            if object["type"] as? String != type {
                skipped.append(object)
            } else if isWanted(object) {
                return object
            }
        }
    }
}
