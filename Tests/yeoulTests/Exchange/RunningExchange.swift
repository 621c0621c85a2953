import Foundation
import Network
import TestKit

/// `yeoul exchange` as a process of its own, from its ready line on.
final class RunningExchange {
    let program: RunningProgram
    /// The ready line, without its end.
    let line: String
    let websocket: String
    let rest: String
    let control: String
    let ca: String?
    private let http: HTTPClient

    struct NotReady: Error, CustomStringConvertible {
        let description: String
    }

    init(_ arguments: String..., in folder: TemporaryFolder) async throws {
        let program = try RunningProgram(
            [YeoulProgram.path, "exchange"] + arguments, environment: ["TMPDIR": folder.path], folder: folder)
        let isReady = try await ServerSandbox.eventually { program.output.contains("\n") }
        let line = program.output.split(separator: "\n").first.map(String.init) ?? ""
        guard isReady,
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String],
            let websocket = object["websocket"], let rest = object["rest"], let control = object["control"]
        else { throw NotReady(description: "no ready line: \(program.output)") }
        self.program = program
        self.line = line
        self.websocket = websocket
        self.rest = rest
        self.control = control
        ca = object["ca"]
        http = try HTTPClient()
    }

    /// Host and port.
    var authority: String { String(rest.dropFirst(rest.hasPrefix("https") ? 8 : 7).split(separator: "/")[0]) }

    func get(_ url: String, firstByteMilliseconds: Int64 = 60_000) async throws -> HTTPAnswer {
        try await http.perform(
            HTTPCall(
                try Address(url), trust: ca.map { .authorities(file: $0) } ?? .system,
                firstByteMillisecondsMax: firstByteMilliseconds, totalMillisecondsMax: 60_000))
    }
}
