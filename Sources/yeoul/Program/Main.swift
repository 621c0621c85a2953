import Foundation

@main
enum Main {
    static func main() async {
        // A reader that goes away (`yeoul … | head`) or a socket that closes is an error to handle, not
        // a reason to die.
        signal(SIGPIPE, SIG_IGN)
        let environment = ProcessInfo.processInfo.environment
        let program = Program(
            environment: environment,
            output: Output(descriptor: STDOUT_FILENO, environment: environment),
            errors: Output(descriptor: STDERR_FILENO, environment: environment))
        let code = await program.run(Array(CommandLine.arguments.dropFirst()))
        exit(code.rawValue)
    }
}
