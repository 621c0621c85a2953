/// How large a pool is and how it keeps its connections well.
package struct PoolSettings: Sendable {
    /// Connections that are kept.
    package var size = 5
    /// Connections beyond them while many are needed; they are closed when given back.
    package var overflow = 10
    /// Tasks that may wait for a connection; one more is refused at once.
    package var waitersMax = 100
    /// How long a task waits for a connection.
    package var waitLimit: Duration = .seconds(5)
    /// A connection idle for longer is asked whether it lives before it is given out.
    package var pingAfter: Duration = .seconds(30)
    /// How long a live connection takes at most to say so.
    package var pingLimit: Duration = .seconds(2)
    /// Older connections are closed: servers move, and sessions collect memory.
    package var recycleAfter: Duration = .seconds(3600)
    /// How often idle connections are looked after.
    package var healthCheckEvery: Duration = .seconds(30)

    package init() {}

    var connectionsMax: Int { max(1, size + overflow) }
}
