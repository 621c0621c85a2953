import Foundation

/// A user account of the system.
package struct Account: Sendable, Equatable {
    package let name: String
    package let user: UInt32
    package let group: UInt32

    package init(name: String, user: UInt32, group: UInt32) {
        self.name = name
        self.user = user
        self.group = group
    }

    /// The account that is to run the server: nil when that is the one we run as already.
    ///
    /// PostgreSQL refuses to run as root, so root needs another one.
    static func forServer(named name: String) throws -> Account? {
        guard geteuid() == 0 else { return nil }
        guard let account = named(name) else {
            throw ClusterError(
                .account, "there is no account \"\(name)\" to run the database server",
                place: "database.account",
                remedy:
                    "Make it (useradd --system \(name)) or name another; PostgreSQL refuses to run as root")
        }
        guard account.user != 0 else {
            throw ClusterError(
                .account, "the account \"\(name)\" is root, and PostgreSQL refuses to run as root",
                place: "database.account", remedy: "Name an unprivileged account, such as postgres")
        }
        return account
    }

    static func named(_ name: String) -> Account? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return Account(name: name, user: entry.pw_uid, group: entry.pw_gid)
    }

    /// The name of the account with this number, or the number when it has none.
    static func name(of user: UInt32) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil,
            let name = entry.pw_name
        else { return String(user) }
        return String(cString: name)
    }
}
