import Network
import Synchronization

/// Who may read. Without a token: whoever asks this machine by a name of its own, so that no strange page
/// can lead a browser here (DNS rebinding). With one: who shows it, or a session that was opened with it.
final class Access: Sendable {
    static let cookieName = "yeoul_session"
    /// Sessions at a time; the oldest goes.
    static let sessionsMax = 100
    static let sessionSeconds: Int64 = 12 * 3_600
    /// Logins that wait for their answer; one more is refused.
    static let loginsMax = 5
    /// A wrong token is answered after this time, so that guessing is slow.
    static let wrongTokenMilliseconds: Int64 = 1_000

    private struct State {
        var sessions: [(id: String, until: Int64)] = []
        var logins = 0
    }

    private let token: [UInt8]?
    private let state = Mutex(State())

    init(token: String?) {
        self.token = token.map { Array($0.utf8) }
    }

    var isOpen: Bool { token == nil }

    /// Nil when the request may be answered.
    func refusal(_ request: HTTPRequest) -> WebError? {
        if let origin = request.headers["Origin"], !Self.isSame(origin, host: request.headers["Host"]) {
            return WebError(
                .request, "another site's page asks", place: "header Origin",
                remedy: "Open Yeoul's own page; other sites are not let in.", status: 403)
        }
        guard token != nil else {
            guard Self.namesLoopback(request.headers["Host"] ?? "127.0.0.1") else {
                return WebError(
                    .request, "this server answers to names of this machine only", place: "header Host",
                    remedy: "Ask 127.0.0.1 or localhost, or set web.token.", status: 421)
            }
            return nil
        }
        return isKnown(request)
            ? nil
            : WebError(
                .request, "the token is missing or wrong", place: "header Authorization",
                remedy: "Send \"Authorization: Bearer TOKEN\" with the token of web.token.", status: 401)
    }

    private func isKnown(_ request: HTTPRequest) -> Bool {
        if let header = request.headers["Authorization"], header.hasPrefix("Bearer ") {
            return isToken(String(header.dropFirst(7)))
        }
        guard let session = Self.cookie(request) else { return false }
        let now = Monotonic.milliseconds() / 1_000
        return state.withLock { $0.sessions.contains { $0.until > now && $0.id == session } }
    }

    /// Compares in a time that does not tell how much of it was right.
    func isToken(_ text: String) -> Bool {
        guard let token else { return false }
        let given = Array(text.utf8)
        var difference = given.count ^ token.count
        for index in token.indices {
            difference |= Int(token[index] ^ (given.isEmpty ? 0 : given[index % given.count]))
        }
        return difference == 0
    }

    /// The cookie of a new session; nil when the token is wrong, an error when too many try.
    func logIn(_ text: String) async throws(WebError) -> String? {
        let mayTry = state.withLock { state in
            guard state.logins < Self.loginsMax else { return false }
            state.logins += 1
            return true
        }
        guard mayTry else {
            throw WebError(
                .request, "too many try to log in", place: "/login", remedy: "Try again in a few seconds.",
                status: 429)
        }
        defer { state.withLock { $0.logins -= 1 } }
        guard isToken(text) else {
            // A caller that goes away need not wait.
            try? await Task.sleep(for: .milliseconds(Self.wrongTokenMilliseconds))
            return nil
        }
        var generator = SystemRandomNumberGenerator()
        let id = (0..<4).map { _ in String(generator.next(), radix: 36) }.joined()
        let now = Monotonic.milliseconds() / 1_000
        state.withLock { state in
            state.sessions.removeAll { $0.until <= now }
            if state.sessions.count >= Self.sessionsMax { state.sessions.removeFirst() }
            state.sessions.append((id, now + Self.sessionSeconds))
        }
        return "\(Self.cookieName)=\(id); Path=/; Max-Age=\(Self.sessionSeconds); HttpOnly; SameSite=Strict"
    }

    private static func cookie(_ request: HTTPRequest) -> String? {
        for header in request.headers.all("Cookie") {
            for part in header.split(separator: ";") {
                let pair = part.drop { $0 == " " }
                if pair.hasPrefix(cookieName + "=") { return String(pair.dropFirst(cookieName.count + 1)) }
            }
        }
        return nil
    }

    /// Whether a page's origin is this server, as the request names it.
    private static func isSame(_ origin: String, host: String?) -> Bool {
        guard let host else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    private static func namesLoopback(_ host: String) -> Bool {
        var name = Substring(host)
        if name.hasPrefix("[") {
            name = name.dropFirst().prefix { $0 != "]" }
        } else if let colon = name.lastIndex(of: ":") {
            name = name[..<colon]
        }
        return name.lowercased() == "localhost" || WebSettings.isLoopback(String(name))
    }
}
