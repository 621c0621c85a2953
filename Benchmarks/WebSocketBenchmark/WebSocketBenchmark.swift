import Foundation
import Network

/// The client against a sender that writes frames made beforehand, on loopback, each on its own thread.
///
/// `WebSocketBenchmark [runs]`; five runs of each case unless told otherwise. Status 1 when a median is
/// below its target.
@main struct WebSocketBenchmark {
    private struct Case {
        let name: String
        let isEncrypted: Bool
        let isCompressed: Bool
        let messages: Int
        let targetMessagesPerSecond: Double
    }

    static func main() async throws {
        let runs = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5
        let certificate = try ScratchCertificate()
        let cases = [
            Case(
                name: "plain", isEncrypted: false, isCompressed: false, messages: 4_000_000,
                targetMessagesPerSecond: 400_000),
            Case(
                name: "TLS", isEncrypted: true, isCompressed: false, messages: 2_000_000,
                targetMessagesPerSecond: 200_000),
            Case(
                name: "plain, deflate", isEncrypted: false, isCompressed: true, messages: 1_000_000,
                targetMessagesPerSecond: 0),
        ]
        print("Client, SIMPLE trades of \(Sample.trade.utf8.count) bytes, median of \(runs) runs (min–max)")
        var isBelow = false
        for entry in cases {
            var rates: [Double] = []
            var costs: [Double] = []
            for _ in 0..<runs {
                let result = try await run(entry, certificate)
                rates.append(result.messagesPerSecond)
                costs.append(result.processorNanoseconds)
            }
            rates.sort()
            costs.sort()
            let median = rates[runs / 2]
            isBelow = isBelow || median < entry.targetMessagesPerSecond
            let target =
                entry.targetMessagesPerSecond > 0
                ? ", target \(thousands(entry.targetMessagesPerSecond))" : ""
            print(
                "  \(entry.name): \(thousands(median)) messages/s "
                    + "(\(thousands(rates[0]))–\(thousands(rates[runs - 1])))\(target); "
                    + "\(Int(costs[runs / 2])) ns of client CPU a message")
        }
        if isBelow { exit(1) }
    }

    private static func thousands(_ value: Double) -> String {
        "\(Int((value / 1_000).rounded())) k"
    }

    private static func run(
        _ entry: Case, _ certificate: ScratchCertificate
    ) async throws -> Counter.Result {
        let senderLoop = try EventLoop(named: "sender")
        let clientLoop = try EventLoop(named: "client")
        defer {
            clientLoop.stop()
            senderLoop.stop()
        }
        let sender = try Sender(messages: entry.messages, compressed: entry.isCompressed)
        var routes = HTTPRoutes()
        routes.onWebSocket("/") { _ in
            .accept(
                WebSocketAcceptance(
                    consumer: sender, compresses: entry.isCompressed,
                    bounds: WebSocketBounds(queuedBytesMax: 4 * Sender.blockBytesMax)))
        }
        let tls =
            entry.isEncrypted
            ? try TLSContext.server(certificateFile: certificate.file, keyFile: certificate.key) : nil
        let server = try HTTPServer(on: senderLoop, port: 0, tls: tls, handler: routes)
        let address = try Address("\(entry.isEncrypted ? "wss" : "ws")://127.0.0.1:\(server.address.port)/")
        let counter = Counter(messages: entry.messages)
        let connection = WebSocketClient(on: clientLoop).connect(
            WebSocketRequest(
                to: address, trust: .authorities(file: certificate.file),
                offersCompression: entry.isCompressed),
            consumer: counter)
        let result = try await counter.result()
        connection.close()
        return result
    }
}
