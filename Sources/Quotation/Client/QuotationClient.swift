import Market
import Network
import Upbit

/// Asks an exchange's quotation endpoints, within the budget that all callers of this address share.
package final class QuotationClient: Sendable {
    package struct Settings: Sendable {
        /// Longest wait for a turn; a stop by the exchange that lasts longer is told at once.
        package var waitMillisecondsMax: Int64 = 60_000
        package var trust: Trust = .system
        package var connectMillisecondsMax: Int64 = 5_000
        package var firstByteMillisecondsMax: Int64 = 8_000
        /// Below the time after which the budget takes a call for lost.
        package var totalMillisecondsMax: Int64 = 12_000

        package init() {}
    }

    private static let askAgainMilliseconds: Int64 = 500

    package let requests: Upbit.Quotation
    private let origin: String
    private let http: any HTTPCalling
    private let budget: any SharedRateBudget
    private let settings: Settings

    /// `origin` replaces the profile's, such as `http://127.0.0.1:9000`.
    package init(
        _ profile: Profile, origin: String? = nil, http: any HTTPCalling, budget: any SharedRateBudget,
        settings: Settings = Settings()
    ) {
        requests = Upbit.Quotation(profile)
        self.origin = origin ?? profile.restOrigin
        self.http = http
        self.budget = budget
        self.settings = settings
    }

    /// One answer with a status of success. Waits for its turn; anything else is thrown: `UpbitError` for
    /// what the exchange says, `NetworkError` for what the network does, `QuotationError` for no turn.
    package func answer(_ request: RESTRequest, priority: RatePriority) async throws -> HTTPAnswer {
        let address = try Address(origin + request.target)
        let call = HTTPCall(
            address, headers: ["Accept": "application/json"], trust: settings.trust,
            connectMillisecondsMax: settings.connectMillisecondsMax,
            firstByteMillisecondsMax: settings.firstByteMillisecondsMax,
            totalMillisecondsMax: min(
                settings.totalMillisecondsMax, RateBudget.arrivalMaxMicroseconds / 1_000 - 1_000))
        let permit = try await turn(request.group, priority, place: request.path)
        let answer: HTTPAnswer
        do {
            answer = try await http.perform(call)
        } catch {
            try await finish(permit, Self.wasMade(error) ? .lost : .unused)
            throw error
        }
        let failure = answer.body.withUnsafeBytes { body in
            RESTFailure.error(
                status: answer.status, retryAfter: answer.headers["Retry-After"], body: body,
                target: request.path)
        }
        try await finish(permit, Self.outcome(answer, failure))
        if let failure { throw failure }
        return answer
    }

    /// Waits until the budget allows a call; give the permit back with `finish`. Also for the WebSocket's
    /// connections and messages, which the exchange counts as well.
    package func turn(
        _ group: RateGroup, _ priority: RatePriority, place: String
    ) async throws -> RatePermit {
        let start = Monotonic.milliseconds()
        while true {
            let (decision, now) = try await budget.request(group, priority: priority)
            let waitedMilliseconds = Monotonic.milliseconds() - start
            let limit = now.adding(milliseconds: settings.waitMillisecondsMax - waitedMilliseconds)
            let next: Instant
            switch decision {
            case .granted(let permit):
                return permit
            case .wait(let until):
                guard until <= limit else {
                    throw QuotationError(
                        .waitedTooLong, "no turn for \(group) within \(settings.waitMillisecondsMax) ms",
                        at: place, remedy: "Other calls of this address go first; try again later.")
                }
                // Calls under way count with their longest time, and most are answered much sooner.
                next = min(until, now.adding(milliseconds: Self.askAgainMilliseconds))
            case .stopped(let until):
                guard until <= limit else {
                    throw QuotationError(
                        .stopped, "the exchange has stopped the calls of this address until \(until)",
                        at: place,
                        remedy: "Wait; find out who else uses this address. No role calls before then.")
                }
                next = until
            }
            try await Task.sleep(for: .microseconds(max(100, next.microseconds(since: now))))
        }
    }

    /// In a task of its own: a cancelled caller must not keep what it came to from the others.
    package func finish(_ permit: RatePermit, _ outcome: RateOutcome) async throws {
        let budget = budget
        try await Task {
            try await budget.finish(permit, outcome)
        }.value
    }

    /// Whether the exchange may have received the request.
    private static func wasMade(_ error: NetworkError) -> Bool {
        switch error.code {
        case .invalidRequest, .nameNotFound, .nameTimeout, .refused, .unreachable, .connectTimeout,
            .unknownAuthority, .wrongHostName, .certificateExpired, .certificateNotYetValid,
            .certificateRefused, .notTLS, .tlsFailed, .exhausted:
            return false
        default:
            return true
        }
    }

    private static func outcome(_ answer: HTTPAnswer, _ failure: UpbitError?) -> RateOutcome {
        switch failure?.code {
        case .tooManyRequests(let seconds): return .tooMany(retryAfterSeconds: seconds)
        case .banned(let seconds): return .banned(seconds: seconds)
        default:
            return .answered(answer.headers[RemainingRequests.headerName].flatMap { RemainingRequests($0) })
        }
    }
}
