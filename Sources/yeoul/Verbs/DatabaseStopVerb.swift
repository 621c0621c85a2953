import Database

/// `yeoul db stop`
struct DatabaseStopVerb: Verb {
    let name = "stop"
    let summary = "Stop the private database"
    let details =
        "Refuses while other processes of Yeoul use it; connections of others, such as psql, are ended."
    let examples = [
        Example("yeoul db stop", "stop it"),
        Example("yeoul db stop --force", "also while something of Yeoul uses it"),
    ]
    let options = [OptionDeclaration("force", "Stop it also while something of Yeoul uses it")]

    func run(_ invocation: Invocation) async throws {
        let cluster = try PrivateDatabase.cluster(try invocation.configuration(), for: "stop")
        switch try await cluster.stop(force: invocation.has("force")) {
        case .wasNotRunning: try invocation.output.line("The private database was not running.")
        case .stopped: try invocation.output.line("The private database is stopped.")
        case .stoppedImmediately:
            try invocation.output.line(
                "The private database is stopped, but did not end by itself: the next start recovers it.")
        }
    }
}
