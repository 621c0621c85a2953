/// How much a server takes from its callers. What happens at each bound stands in docs/network.md.
package struct HTTPBounds: Sendable, Equatable {
    /// The first line; more is answered with 414.
    package var requestLineBytesMax = 8_192
    /// First line and headers; more is answered with 431.
    package var headBytesMax = 16_384
    /// More is answered with 413.
    package var bodyBytesMax = 1_048_576
    /// From the first byte (of TLS, of a request) to the end of the head; later is answered with 408.
    package var headMillisecondsMax: Int64 = 10_000
    package var bodyMillisecondsMax: Int64 = 30_000
    /// Between two requests of a connection.
    package var idleMillisecondsMax: Int64 = 60_000
    /// Without the system taking a byte of an answer.
    package var writeStallMillisecondsMax: Int64 = 30_000
    /// Sockets, WebSockets included; one more is answered with 503.
    package var connectionsMax = 1_000

    package init() {}
}
