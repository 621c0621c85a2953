import Diagnostics

/// What can go wrong between the exchange's socket and the committed row.
package struct CaptureError: ExplainedError, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// A setting asks for what cannot be.
        case badSetting
        /// The exchange refuses to send what was asked for.
        case subscriptionRefused
        /// A connection cannot be opened for a reason that time alone does not mend.
        case connectionRefused
        /// A market of the settings is not among the exchange's.
        case unknownMarket
        /// Subscribed to, and nothing comes.
        case marketSilent
        /// No connection is live.
        case exchangeSilent
        /// The exchange's list of markets is not what it can be.
        case implausibleMarkets
        /// Another process holds the shard's lease: what was about to be committed was not.
        case leaseLost
        /// A file of ours cannot be written or read.
        case fileSystem
    }

    package let code: Code
    package let what: String
    package let place: String?
    package let remedy: String?

    package init(_ code: Code, _ what: String, place: String? = nil, remedy: String? = nil) {
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
    }
}
