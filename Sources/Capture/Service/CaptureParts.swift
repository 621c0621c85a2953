import Database
import Journal
import Network
import Quotation
import Storage

/// What a capture is made of.
package struct CaptureParts {
    /// The exchange's time, as its messages will tell it; participants may hold on to it.
    package let time = ExchangeTime()
    package var selection: MarketSelection
    package var plan: ConnectionPlan
    package var sessions: SessionSettings
    package var quotation: QuotationClient
    package var budget: any SharedRateBudget
    package var intake = IntakeSettings()
    package var journalFolder: String
    package var journal = JournalSettings()
    package var shard: Int32 = 0
    package var commit: CommitSettings
    /// To the server itself, past a pooler: for the lease.
    package var directOptions: ConnectionOptions
    /// Such as derivation: takes part in every commit.
    package var participants: [any CommitParticipant & Sendable] = []
    /// Refill and proof; nil captures without them.
    package var proof: ProofParts.Settings?

    package init(
        selection: MarketSelection, plan: ConnectionPlan, sessions: SessionSettings,
        quotation: QuotationClient, budget: any SharedRateBudget, journalFolder: String,
        commit: CommitSettings, directOptions: ConnectionOptions
    ) {
        self.selection = selection
        self.plan = plan
        self.sessions = sessions
        self.quotation = quotation
        self.budget = budget
        self.journalFolder = journalFolder
        self.commit = commit
        self.directOptions = directOptions
    }
}
