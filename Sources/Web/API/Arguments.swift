import Database
import Network

/// The values of a request's query, checked against a route's parameters.
package struct Arguments: Sendable, Equatable {
    private let values: [String: DatabaseValue]

    package init(_ items: [HTTPRequest.QueryItem], _ parameters: [Parameter]) throws(WebError) {
        var given: [String: String] = [:]
        for item in items {
            guard parameters.contains(where: { $0.name == item.name }) else {
                let names = parameters.map(\.name).joined(separator: ", ")
                throw .parameter(
                    String(item.name.prefix(60)), "there is no such parameter here",
                    remedy: parameters.isEmpty ? "This address takes none." : "There are: \(names).")
            }
            guard given[item.name] == nil else {
                throw .parameter(item.name, "\(item.name) stands twice", remedy: "Give it once.")
            }
            given[item.name] = item.value
        }
        var values: [String: DatabaseValue] = [:]
        for parameter in parameters {
            if let text = given[parameter.name] ?? parameter.standard {
                values[parameter.name] = try parameter.parse(text)
            } else if parameter.isRequired {
                throw .parameter(
                    parameter.name, "\(parameter.name) is missing", remedy: "\(parameter.meaning).")
            }
        }
        self.values = values
    }

    /// Null when it was not given and has no default.
    package subscript(name: String) -> DatabaseValue { values[name] ?? .null }

    package func integer(_ name: String) -> Int {
        if case .int64(let value) = self[name] { return Int(value) }
        return 0
    }

    package func text(_ name: String) -> String? {
        if case .text(let text) = self[name] { return text }
        return nil
    }

    package func texts(_ name: String) -> [String] {
        if case .textArray(let texts) = self[name] { return texts.compactMap { $0 } }
        return []
    }

    package func isTrue(_ name: String) -> Bool { self[name] == .bool(true) }

    package func microseconds(_ name: String) -> Int64? {
        if case .timestamp(let microseconds) = self[name] { return microseconds }
        return nil
    }

    /// The same for the same values, whatever their order in the address.
    package var key: String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
    }
}
