/// The commands that bring the cluster from one major version to another, ready to be pasted into a shell
/// by whoever runs Yeoul. docs/operations.md explains them.
package struct UpgradeRecipe: Sendable, Equatable {
    package var layout: ClusterLayout
    package var found: Int
    /// The folder of the old version's programs.
    package var oldPrograms: String
    package var target: Installation
    /// The account that runs the server, when that is not ourselves.
    package var accountName: String?

    package init(
        layout: ClusterLayout, found: Int, oldPrograms: String, target: Installation, accountName: String?
    ) {
        self.layout = layout
        self.found = found
        self.oldPrograms = oldPrograms
        self.target = target
        self.accountName = accountName
    }

    package var lines: [String] {
        let owner = ClusterRole.owner.loginName
        let account = accountName ?? "$(id -un)"
        // The schema of thousands of partitions is restored in one transaction, a lock each.
        var settings = ["max_locks_per_transaction = 4096"]
        if target.hasTimescale { settings.append("shared_preload_libraries = timescaledb") }
        let quotedSettings = settings.map(Self.quoted).joined(separator: " ")
        return [
            "set -e",
            "old=\(Self.quoted(oldPrograms)) new=\(Self.quoted(target.programs))",
            "as='\(accountName.map { "setpriv --reuid=\($0) --regid=\($0) --init-groups" } ?? "")'",
            "cd \(Self.quoted(layout.database)) && database=$PWD",
            "install -d -m 700 -o \(account) server.upgraded",
            "$as \"$new/initdb\" -D server.upgraded " + target.creationArguments.joined(separator: " "),
            "$as sh -c 'printf \"%s\\n\" \"$@\" >>server.upgraded/postgresql.conf' - \(quotedSettings)",
            "for s in server server.upgraded; do",
            "    echo 'local all all peer map=up' | $as tee $s/pg_hba.conf >/dev/null",
            "    echo \"up \(account) \(owner)\" | $as tee $s/pg_ident.conf >/dev/null",
            "done",
            "cd \"$($as mktemp -d)\"",
            "$as \"$new/pg_upgrade\" -b \"$old\" -B \"$new\" -U \(owner) -s /tmp "
                + "-d \"$database/server\" -D \"$database/server.upgraded\"",
            "mv \"$database/server\" \"$database/server-\(found)\"",
            "mv \"$database/server.upgraded\" \"$database/server\"",
        ]
    }

    /// Quoted for a shell.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
