import Foundation

/// Notes beside a verb's result, which stay apart from what a program reads.
enum StandardError {
    static func line(_ text: String) throws {
        let output = Output(descriptor: STDERR_FILENO, environment: ProcessInfo.processInfo.environment)
        try output.line(text)
    }
}
