/// What a document may hold at most. Beyond any of these it is refused with its place, never cut.
package struct YAMLLimits: Sendable {
    /// Bytes of the text.
    package var bytesMax: Int
    /// Mappings and sequences inside one another.
    package var depthMax: Int
    /// Scalars, mappings and sequences together.
    package var nodesMax: Int

    /// Generous for files that a person writes.
    package static let standard = YAMLLimits(bytesMax: 1 << 20, depthMax: 32, nodesMax: 50_000)

    package init(bytesMax: Int, depthMax: Int, nodesMax: Int) {
        self.bytesMax = bytesMax
        self.depthMax = depthMax
        self.nodesMax = nodesMax
    }
}
