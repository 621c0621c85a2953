/// How time tables are kept.
package enum StorageEngine: String, Sendable, CaseIterable {
    case auto
    case timescale
    case native
}
