import Database
import Diagnostics
import Network
import Operations

/// The addresses that tell how the service is.
struct StatusRoutes: Sendable {
    /// Sizes are looked up this often: every file of the database is looked at.
    static let sizesMilliseconds: Int64 = 30_000

    let database: MarketDatabase
    let shared: SharedAnswers
    let metrics: @Sendable () -> [MetricFamily]

    var routes: [Route] { [health, status, metricsRoute] }

    private var health: Route {
        Route(
            "/health", "Whether the server lives and can answer, and what is wrong", schema: Schemas.health,
            statuses: [503: "it lives but cannot answer; the body says why"], sharedMilliseconds: 500
        ) { [database] _ in
            do {
                let text = try await database.statusText(seconds: MarketDatabase.healthSecondsMax)
                let reasons = Self.reasons(
                    try DatabaseStatus(json: text), await Self.localRoles(database.statusFolder),
                    nowUnixMilliseconds: RolePublisher.nowUnixMilliseconds())
                return Self.health(isReady: true, reasons)
            } catch {
                let what = (error as? any ExplainedError)?.what ?? "\(error)"
                return Self.health(isReady: false, ["the database does not answer: \(what)"])
            }
        }
    }

    private static func health(isReady: Bool, _ reasons: [String]) -> HTTPResponse {
        let body: JSONValue = [
            "live": true, "ready": .boolean(isReady), "reasons": .array(reasons.map { .text($0) }),
        ]
        return .json(body.json, status: isReady ? 200 : 503)
    }

    /// What a person would want to know. Pure.
    static func reasons(
        _ status: DatabaseStatus, _ roles: [RoleStatus], nowUnixMilliseconds now: Int64
    ) -> [String] {
        var reasons: [String] = []
        switch status.freshness {
        case "stale":
            let age = Int(status.newestTradeAgeSeconds ?? 0)
            reasons.append(
                "the newest trade is \(age) s old: nothing is captured, or the exchange stands still")
        case "empty": reasons.append("no trade is stored yet")
        default: break
        }
        if status.openGaps > 0 { reasons.append("\(status.openGaps) gaps are open") }
        for role in roles {
            if role.isStale(nowUnixMilliseconds: now) {
                reasons.append("the role \(role.role) has said nothing for a while: it ended or is stuck")
            } else if role.state == "stopped" {
                reasons.append("the role \(role.role) is stopped")
            } else {
                reasons += role.reasons.map { "\(role.role): \($0)" }
            }
        }
        return reasons
    }

    /// Files are read on a thread that may wait.
    static func localRoles(_ folder: RoleStatusFolder) async -> [RoleStatus] {
        await withCheckedContinuation { continuation in
            let reading = try? DedicatedThread(named: "yeoul-roles") {
                continuation.resume(returning: folder.read())
            }
            if let reading { reading.detach() } else { continuation.resume(returning: []) }
        }
    }

    private var status: Route {
        Route(
            "/api/status", "Rate, lag, gaps, proof, sizes and roles in one answer", schema: Schemas.status,
            sharedMilliseconds: 1_000
        ) { _ in try await statusAnswer() }
    }

    private func statusAnswer() async throws -> HTTPResponse {
        let now = try await database.statusText()
        let sizes = try? await sizesText()
        let roles = await Self.localRoles(database.statusFolder)
        let time = RolePublisher.nowUnixMilliseconds()
        let local = roles.map { role -> JSONValue in
            [
                "role": .text(role.role), "host": .text(role.host), "pid": .integer(Int(role.pid)),
                "state": .text(role.state), "stale": .boolean(role.isStale(nowUnixMilliseconds: time)),
                "uptime_seconds": .integer(Int((time - role.startedUnixMilliseconds) / 1_000)),
                "silent_seconds": .number(Double(time - role.updatedUnixMilliseconds) / 1_000),
                "reasons": .array(role.reasons.map { .text($0) }),
                "figures": .object(role.series.map { ($0.name, .number($0.value)) }),
            ]
        }
        // Both are objects: the members of ours go before the end of the database's.
        return .json(
            "\(now.dropLast()),\"local_roles\":\(JSONValue.array(local).json),\"sizes\":\(sizes ?? "null")}")
    }

    private func sizesText() async throws -> String {
        let answer = try await shared.answer("sizes", milliseconds: Self.sizesMilliseconds) { [database] in
            .json(try await database.text(StatusQueries.sizes(database.engine)) ?? "null")
        }
        return String(decoding: answer.body, as: UTF8.self)
    }

    private var metricsRoute: Route {
        Route(
            "/metrics", "Metrics for Prometheus: of the data, of the roles, of this server", schema: nil,
            contentType: "text/plain", sharedMilliseconds: 1_000
        ) { [database, metrics] _ in
            var families = metrics()
            // A scrape must succeed while the database is away: that is when it is looked at.
            let status = try? await database.status()
            families.append(
                MetricFamily(
                    "yeoul_database_up", .gauge, "1 when the database answers.", status == nil ? 0 : 1))
            if let status { families += StatusMetrics.families(status) }
            if status != nil, let sizes = try? DatabaseSizes(json: try await sizesText()) {
                families += StatusMetrics.families(sizes)
            }
            families += StatusMetrics.families(
                await Self.localRoles(database.statusFolder),
                nowUnixMilliseconds: RolePublisher.nowUnixMilliseconds())
            return .text(PrometheusText.render(families), type: PrometheusText.contentType)
        }
    }
}
