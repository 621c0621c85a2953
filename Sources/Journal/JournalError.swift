import Diagnostics

/// What went wrong with a journal, and what to do about it.
package struct JournalError: ExplainedError, Equatable {
    package enum Code: String, Sendable {
        /// Another process writes this journal.
        case locked
        /// There is no journal in the folder.
        case missing
        /// The folder or a file cannot be made, read or written.
        case disk
        /// A segment was written by another journal, or by a newer program.
        case foreign
        /// A setting is out of its bounds.
        case settings
        /// The system gives no thread or no memory.
        case exhausted
        /// The journal does not hold the frames that are asked for.
        case notHeld
        /// A block cannot be packed: a fault of the program or of the library.
        case compression
    }

    package var code: Code
    package var what: String
    package var place: String?
    package var remedy: String?

    package init(_ code: Code, _ what: String, at place: String? = nil, remedy: String? = nil) {
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
    }
}
