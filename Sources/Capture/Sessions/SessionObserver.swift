/// Hears what becomes of the connections. Calls come from several threads and must not block.
package protocol SessionObserver: Sendable {
    func noticed(_ notice: SessionNotice, of session: Int)
    func outage(_ change: OutageWatch.Change)
    /// No connection is live: is REST there? Answer with `heardREST`.
    func shouldProbeREST()
}
