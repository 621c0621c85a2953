/// A refusal on the socket. The connection stays open, and nothing else comes.
package struct RefusalMessage: Hashable, Sendable {
    package let name: String
    package let message: String

    package init(name: String, message: String) {
        self.name = name
        self.message = message
    }

    /// The rate limit, in any of the spellings that have been documented.
    package var isRateLimit: Bool {
        let letters = name.uppercased().filter { $0.isLetter }
        return letters.hasPrefix("TOOMANYREQUEST") || letters == "IMATEAPOT"
    }
}

/// One entry of a LIST_SUBSCRIPTIONS answer.
package struct SubscriptionEntry: Hashable, Sendable {
    package var type: String
    package var codes: [String]
    /// Only order books have one.
    package var level: String?

    package init(type: String, codes: [String], level: String? = nil) {
        self.type = type
        self.codes = codes
        self.level = level
    }
}

/// The answer to LIST_SUBSCRIPTIONS.
package struct SubscriptionsMessage: Hashable, Sendable {
    package var ticket: String?
    package var entries: [SubscriptionEntry]

    package init(ticket: String?, entries: [SubscriptionEntry]) {
        self.ticket = ticket
        self.entries = entries
    }
}
