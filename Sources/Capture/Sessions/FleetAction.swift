/// What the driver of all connections is to do.
package enum FleetAction: Sendable, Equatable {
    case session(Int, SessionAction)
    /// One for all connections.
    case outage(OutageWatch.Change)
    /// Ask REST for anything: is the exchange there?
    case probeREST
}
