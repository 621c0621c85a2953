import Configuration
import Database
import Diagnostics

/// `yeoul db start`
struct DatabaseStartVerb: Verb {
    let name = "start"
    let summary = "Start the private database, and leave it running"
    let details =
        "Makes it first when there is none, and brings its schema up to date. It then runs until \"yeoul db stop\"; without this verb it runs as "
        + "long as something of Yeoul uses it."
    let examples = [
        Example("yeoul db start", "start it, or leave it as it runs"),
        Example("yeoul db start --set database.profile=small", "for a machine with 1 GB of memory"),
    ]
    let options = [OptionDeclaration.json]

    func run(_ invocation: Invocation) async throws {
        let resolved = try invocation.resolvedConfiguration()
        let configuration = try resolved.typed()
        let cluster = try PrivateDatabase.cluster(configuration, for: "start")
        let lease = try await DatabaseSchema.open(cluster, configuration)
        let server: ServerDescription
        do {
            server = try await PrivateDatabase.describe(lease.address)
            try lease.keepRunning()
        } catch {
            _ = try? await lease.close()
            throw error
        }
        try await lease.close()
        for notice in lease.notices { try StandardError.line("note: \(notice)") }
        if invocation.wantsJSON {
            let engine = server.timescaleVersion.map(JSONText.quoted) ?? "null"
            try invocation.output.line(
                "{\"process\":\(lease.pid),\"started\":\(lease.startedByUs),\"port\":\(lease.address.port),"
                    + "\"socket_folder\":\(JSONText.quoted(lease.address.socketFolder)),"
                    + "\"version\":\(JSONText.quoted(server.version)),\"timescaledb\":\(engine)}")
            return
        }
        let state = lease.startedByUs ? "The private database runs" : "The private database runs already"
        try invocation.output.line(
            """
            \(state): PostgreSQL \(server.version), \(server.engine), process \(lease.pid).
              folder  \(ControlCharacters.escaped(cluster.layout.database))
              socket  \(lease.address.socketFolder), port \(lease.address.port), also on 127.0.0.1
              look    psql "$(yeoul db url\(resolved.folderFlag))"
              stop    yeoul db stop\(resolved.folderFlag)
            """)
    }
}
