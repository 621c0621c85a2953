/// How much of the machine the private server may take.
package enum ClusterProfile: String, CaseIterable, Sendable {
    /// A quarter of the memory for the shared buffers, a hundred connections.
    case `default`
    /// Everything within 1 GB, connections included.
    case small
}
