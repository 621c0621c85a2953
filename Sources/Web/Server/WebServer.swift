import Database
import Diagnostics
import Network
import Operations
import Storage
import Synchronization

/// Pages, API and stream on one port: made, started, stopped.
package final class WebServer: Sendable {
    /// What a caller may send and how slowly; what happens at each bound stands in docs/network.md.
    static func bounds(_ settings: WebSettings) -> HTTPBounds {
        var bounds = HTTPBounds()
        bounds.bodyBytesMax = 4_096
        bounds.headMillisecondsMax = 5_000
        bounds.bodyMillisecondsMax = 5_000
        bounds.writeStallMillisecondsMax = 15_000
        bounds.connectionsMax = settings.connectionsMax
        return bounds
    }

    private let loop: EventLoop
    private let server: HTTPServer
    private let feed: StreamFeed
    private let hub: StreamHub

    /// Where it listens.
    package var address: SocketAddress { server.address }
    package var streamClients: Int { hub.clientCount }

    /// Listens at once. `listening` leads to the server itself, for its notifications; nil: polling alone.
    package init(
        _ settings: WebSettings, database: MarketDatabase, listening: ConnectionOptions?,
        logger: Logger? = nil
    ) throws {
        try settings.check()
        let files = try PageFiles(folder: settings.folder)
        let hub = StreamHub()
        let metrics = WebMetrics()
        let shared = SharedAnswers()
        let build = MetricFamily(
            "yeoul_build_info", .gauge, "1, with the version and the commit of the program.",
            [
                MetricSample(
                    1, [MetricLabel("version", settings.version), MetricLabel("commit", settings.commit)])
            ])
        let status = StatusRoutes(database: database, shared: shared) {
            metrics.families() + hub.families() + Self.families(database.pool) + [build]
        }
        let handler = WebHandler(
            routes: status.routes + MarketRoutes(database: database).routes, version: settings.version,
            files: files, access: Access(token: settings.token), shared: shared, metrics: metrics, hub: hub,
            logger: logger)
        let loop = try EventLoop(named: "yeoul-web")
        do {
            server = try HTTPServer(
                on: loop, host: settings.host, port: settings.port, bounds: Self.bounds(settings),
                handler: handler)
        } catch {
            loop.stop()
            throw error
        }
        self.loop = loop
        self.hub = hub
        feed = StreamFeed(hub: hub, database: database, listening: listening, logger: logger)
    }

    /// Tells the streams' clients to come again later, and ends.
    package func stop() {
        feed.stop()
        hub.closeAll()
        server.stop()
        loop.stop()
    }

    private static func families(_ pool: Pool) -> [MetricFamily] {
        let (connections, idle) = pool.counts
        return [
            MetricFamily(
                "yeoul_pool_connections", .gauge, "Database connections of this server, by state.",
                [
                    MetricSample(Double(idle), [MetricLabel("state", "idle")]),
                    MetricSample(Double(connections - idle), [MetricLabel("state", "used")]),
                ])
        ]
    }
}
