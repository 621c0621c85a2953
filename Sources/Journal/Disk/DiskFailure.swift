import Glibc

/// Why a disk did not do what it was asked for. A value, not a crash: the writer keeps it as its state.
package struct DiskFailure: Error, Sendable, Equatable {
    package enum Kind: String, Sendable {
        case full
        case missing
        case exists
        case readOnly
        case broken
    }

    package var kind: Kind
    package var operation: String
    package var file: String
    package var reason: String

    package init(_ kind: Kind, _ operation: String, file: String, reason: String) {
        self.kind = kind
        self.operation = operation
        self.file = file
        self.reason = reason
    }

    init(_ operation: String, file: String, code: Int32) {
        self.operation = operation
        self.file = file
        reason = String(cString: strerror(code))
        kind =
            switch code {
            case ENOSPC, EDQUOT, EFBIG: .full
            case ENOENT: .missing
            case EEXIST: .exists
            case EROFS, EACCES, EPERM: .readOnly
            default: .broken
            }
    }

    package var text: String { "\(operation) of \(file) failed: \(reason)" }

    func explained(remedy: String? = nil) -> JournalError {
        let standard =
            switch kind {
            case .full: "Make room on the disk, or lower journal.size_max."
            case .readOnly: "Let the account that runs Yeoul write there."
            case .missing, .exists, .broken: "Look at the disk and at the system's log."
            }
        return JournalError(
            .disk, "\(operation) failed: \(reason)", at: file, remedy: remedy ?? standard)
    }
}
