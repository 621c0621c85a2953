/// What can be made to fail.
package enum DiskOperation: String, Sendable {
    case create
    case write
    case sync
    case read
    case truncate
    case remove
}
