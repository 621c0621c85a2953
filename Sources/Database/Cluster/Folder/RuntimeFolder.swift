import Foundation

/// Finds a short folder for the server's socket: a socket's path ends at 107 bytes, a data folder's does not.
package enum RuntimeFolder {
    /// The longest path that fits a socket address.
    static let socketPathBytesMax = 107
    /// The longest name that PostgreSQL gives its socket, with the lock file's ending.
    static let longestName = "/.s.PGSQL.65535.lock"

    /// The folders to try, best first. Each data folder has its own, named by a hash of its path.
    package static func candidates(dataFolder: String, user: UInt32, runtime: String?) -> [String] {
        let name = hash(dataFolder)
        var parents: [String] = []
        if user == 0 { parents.append("/run/yeoul") }
        if user != 0, let runtime, runtime.hasPrefix("/") { parents.append(runtime + "/yeoul") }
        parents.append("/tmp/yeoul-\(user)")
        return parents.map { $0 + "/" + name }
            .filter { $0.utf8.count + longestName.utf8.count <= socketPathBytesMax }
    }

    /// FNV-1a: enough to tell data folders apart, the same in every run.
    static func hash(_ text: String) -> String {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Makes the first folder that can be had and is safe, and gives it to the server's account.
    static func prepare(dataFolder: String, account: Account?) throws -> String {
        let user = geteuid()
        let runtime = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"]
        var reasons: [String] = []
        for folder in candidates(dataFolder: dataFolder, user: user, runtime: runtime) {
            do {
                let parent = (folder as NSString).deletingLastPathComponent
                try Files.makeFolder(parent, mode: 0o755)
                try requireOwner(parent, user)
                try Files.makeFolder(folder, mode: 0o755, owner: account)
                try requireOwner(folder, account?.user ?? user)
                return folder
            } catch let error as ClusterError {
                reasons.append("\(folder): \(error.what)")
            }
        }
        throw ClusterError(
            .permission, "no folder for the server's socket can be had",
            remedy: "Make one of these possible", details: reasons)
    }

    /// In a folder like /tmp anybody may have made our folder first, or a link in its place.
    private static func requireOwner(_ folder: String, _ user: UInt32) throws {
        guard let status = try Files.status(folder), status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == user, status.st_mode & 0o022 == 0
        else {
            throw ClusterError(
                .permission, "it belongs to somebody else, or others may write to it", place: folder)
        }
    }
}
