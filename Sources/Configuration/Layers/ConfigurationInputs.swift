import Glibc

/// Everything that decides about the configuration and comes from outside.
package struct ConfigurationInputs: Sendable {
    /// The file named with `--config`.
    package var file: String?
    package var flags: [FlagAssignment]
    package var environment: [String: String]
    package var workingFolder: String
    package var isRoot: Bool
    package var homeFolder: String?
    /// Where the file is looked for when none is named; relative ones are in the working folder.
    package var searchedFiles = ["config/yeoul.yaml", "/etc/yeoul/yeoul.yaml"]

    package init(
        file: String? = nil, flags: [FlagAssignment] = [], environment: [String: String] = [:],
        workingFolder: String, isRoot: Bool, homeFolder: String?
    ) {
        self.file = file
        self.flags = flags
        self.environment = environment
        self.workingFolder = workingFolder
        self.isRoot = isRoot
        self.homeFolder = homeFolder
    }

    /// Those of this process.
    package static func ofProcess(
        file: String?, flags: [FlagAssignment], environment: [String: String]
    ) -> ConfigurationInputs {
        var home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        if home == nil, getpwuid_r(geteuid(), &record, &buffer, buffer.count, &found) == 0, found != nil {
            home = record.pw_dir.map { String(cString: $0) }
        }
        var folder = "/"
        if let path = getcwd(nil, 0) {
            folder = String(cString: path)
            free(path)
        }
        return ConfigurationInputs(
            file: file, flags: flags, environment: environment, workingFolder: folder,
            isRoot: geteuid() == 0, homeFolder: home)
    }
}
