import Diagnostics

/// The settings of the environment: a setting's own variables, below `YEOUL__SECTION__NAME`, which says
/// more plainly whom it means.
struct EnvironmentLayer {
    static let prefix = "YEOUL__"

    private(set) var assignments: [Assignment] = []
    private(set) var mistakes: [ConfigurationMistake] = []

    init(_ variables: EnvironmentVariables, table: [Setting]) {
        readServerVariables(variables, table)
        for setting in table {
            // The last one wins, so the general name comes last.
            for name in setting.environment.reversed() + [setting.generalEnvironmentName] {
                guard let (value, place) = variables[name] else { continue }
                assignments.append(
                    Assignment(
                        key: setting.key, content: .text(value),
                        source: .environment(name: name, place: place)))
            }
        }
        let known = table.map(\.generalEnvironmentName)
        for name in variables.names where name.hasPrefix(Self.prefix) && !known.contains(name) {
            let place = variables[name]?.place ?? "environment"
            let near = Suggestion.nearest(to: name, among: known)
            mistakes.append(
                ConfigurationMistake(
                    "unknown variable \(name)", place: place,
                    remedy: near.map { "Did you mean \($0)?" }
                        ?? "Write YEOUL__SECTION__NAME; \"yeoul config reference\" lists every key."))
        }
    }

    /// `POSTGRES_USER`, `POSTGRES_PASSWORD` and `POSTGRES_DB` mean what the image `postgres` means by them.
    private mutating func readServerVariables(_ variables: EnvironmentVariables, _ table: [Setting]) {
        let names = ["POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"]
        let present = names.filter { variables[$0] != nil }
        guard let first = present.first, table.contains(where: { $0.key == "database.url" }) else { return }
        let user = variables["POSTGRES_USER"]?.value ?? "postgres"
        let host = variables["POSTGRES_HOST"]?.value ?? "localhost"
        let port = variables["POSTGRES_PORT"]?.value ?? "5432"
        let password = variables["POSTGRES_PASSWORD"].map { ":" + Self.percentEncoded($0.value) } ?? ""
        let database = variables["POSTGRES_DB"]?.value ?? user
        guard let number = Int(port), (1...65_535).contains(number) else {
            mistakes.append(
                ConfigurationMistake(
                    "POSTGRES_PORT is not a port", place: variables["POSTGRES_PORT"]?.place ?? "environment",
                    remedy: "Write a number from 1 to 65535."))
            return
        }
        let url =
            "postgresql://\(Self.percentEncoded(user))\(password)@\(Self.percentEncoded(host)):\(number)/"
            + Self.percentEncoded(database)
        assignments.append(
            Assignment(
                key: "database.url", content: .text(url),
                source: .environment(name: present.joined(separator: ", "), place: variables[first]?.place)))
    }

    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
