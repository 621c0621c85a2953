import Configuration
import Diagnostics
import Foundation
import Operations

/// The processes of `yeoul up`: this program with a verb a role.
enum RoleProcesses {
    /// With the settings of the invocation. What was set by flags goes on in the environment, where no list of
    /// processes shows it.
    static func ofConfiguration(_ roles: [String], _ invocation: Invocation, _ logger: Logger) throws
        -> Supervisor
    {
        var environment = invocation.environment
        for assignment in invocation.arguments.settings {
            set(assignment.key, assignment.value, in: &environment)
        }
        environment[Interruption.supervisorVariable] = String(getpid())
        for name in ServiceManager.variables { environment[name] = nil }
        let file = invocation.arguments.configurationFile.map { ["--config", $0] } ?? []
        let program = try path()
        return Supervisor(
            roles.map { name in
                // On a terminal `up` has a line of its own.
                Supervisor.Role(
                    name, [program, name] + file, isQuiet: name == "capture" && invocation.output.isTerminal)
            }, hopeless: hopeless,
            environment: environment, logger: logger)
    }

    /// A wrong command line or configuration stays wrong.
    private static let hopeless: Set<Int32> = [ExitCode.usage.rawValue, ExitCode.configuration.rawValue]

    private static func path() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }

    private static func set(_ key: String, _ value: String, in environment: inout [String: String]) {
        guard let setting = SettingTable.settings.first(where: { $0.key == key }) else { return }
        environment[setting.generalEnvironmentName] = value
    }
}
