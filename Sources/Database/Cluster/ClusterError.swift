import Diagnostics

/// Why the private server cannot be had, and what to do about it. Nothing was changed when one is thrown
/// before the server's creation or start was begun.
package struct ClusterError: ExplainedError, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// A setting makes no sense: a relative folder, a port out of range.
        case settings
        /// No PostgreSQL 15–18 is installed, or the given folder holds none.
        case programsMissing
        /// We are root and the account for the server is missing, or is root itself.
        case account
        /// The server's account, or we, cannot enter or write a folder, or it belongs to somebody else.
        case permission
        /// The data folder holds files that are not Yeoul's.
        case foreignFolder
        /// The server's folder exists but is no complete PostgreSQL cluster.
        case damagedFolder
        /// The server's folder was made by a PostgreSQL major version that is not installed or supported.
        case otherMajorVersion
        /// Too little free space to create or start.
        case diskFull
        /// The asked TCP port is taken.
        case portTaken
        /// Another process of ours is starting or stopping the server for too long.
        case busy
        /// A program of PostgreSQL ended with an error.
        case programFailed
        /// The server ended while it started.
        case startFailed
        /// The server runs but does not answer yet.
        case notReady
        /// Processes of an earlier server do not end.
        case orphans
        /// The server does not stop.
        case stopFailed
        /// Others use the server.
        case inUse
        /// The file with the passwords is missing or incomplete while the server runs.
        case passwordsMissing
        /// There is no private server yet.
        case absent
        /// `database.url` names another server, so there is no private one.
        case notPrivate
        /// The system refused a file, a folder or a process.
        case system
    }

    package var code: Code
    package var what: String
    package var place: String?
    package var advice: String?
    /// Lines to show below: the last ones that the server or its programs wrote, or commands that help.
    package var details: [String] = []

    package init(
        _ code: Code, _ what: String, place: String? = nil, remedy: String? = nil, details: [String] = []
    ) {
        self.code = code
        self.what = what
        self.place = place
        advice = remedy
        self.details = details
    }

    /// The advice with the lines below it.
    package var remedy: String? {
        if details.isEmpty { return advice }
        return ([advice ?? ""] + details.map { "    " + $0 }).joined(separator: "\n")
    }
}
