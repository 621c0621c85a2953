import Configuration
import Database
import Diagnostics

/// `yeoul db url`
struct DatabaseURLVerb: Verb {
    let name = "url"
    let summary = "Print the database's address, for psql and other programs"
    let details = """
        The address holds the password of its role, the reading one unless --role names another. A program that \
        gets it as an argument shows it in the machine's list of processes; "yeoul db psql" does not.
        """
    let examples = [
        Example("psql \"$(yeoul db url)\"", "look into the database, reading only"),
        Example("yeoul db url --role owner", "the address of the owner"),
        Example("yeoul db url --tcp --json", "host, port and password, for Grafana"),
    ]
    let options = [
        OptionDeclaration("role", .choice(ClusterRole.allCases.map(\.rawValue)), "reader unless given"),
        OptionDeclaration("tcp", "By 127.0.0.1 instead of the socket"), .json,
    ]

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        if let url = configuration.database.url {
            return try printExternal(url, invocation)
        }
        let cluster = try PrivateDatabase.cluster(configuration, for: "connect to")
        let (address, isRunning) = try cluster.find()
        let role = invocation.text("role").flatMap(ClusterRole.init) ?? .reader
        guard let password = address.passwords[role] else {
            throw ClusterError(
                .passwordsMissing, "the file of passwords has none for \(role.loginName)",
                place: cluster.layout.passwords,
                remedy: "A start makes new ones: yeoul db stop --force && yeoul db start")
        }
        let usesTCP = invocation.has("tcp")
        let url = address.url(role, by: usesTCP ? .tcp : .socket)
        if invocation.wantsJSON {
            let host = usesTCP ? ClusterAddress.tcpHost : address.socketFolder
            try invocation.output.line(
                "{\"url\":\(JSONText.quoted(url)),\"host\":\(JSONText.quoted(host)),\"port\":\(address.port),"
                    + "\"database\":\(JSONText.quoted(ClusterAddress.database)),"
                    + "\"user\":\(JSONText.quoted(role.loginName)),\"password\":\(JSONText.quoted(password)),"
                    + "\"running\":\(isRunning)}")
        } else {
            try invocation.output.line(url)
            // On standard error, so that the address can be taken by a command all the same.
            if !isRunning {
                let flag = try invocation.resolvedConfiguration().folderFlag
                try StandardError.line("note: the database does not run; start it: yeoul db start\(flag)")
            }
        }
    }

    private func printExternal(_ url: String, _ invocation: Invocation) throws {
        for option in ["role", "tcp"] where invocation.has(option) {
            throw ClusterError(
                .notPrivate, "--\(option) is for the private database, and another server is configured",
                place: "database.url", remedy: "Leave --\(option) out, or unset database.url")
        }
        try invocation.output.line(invocation.wantsJSON ? "{\"url\":\(JSONText.quoted(url))}" : url)
    }
}
