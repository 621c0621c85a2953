/// Faults by name, for the command line.
package enum FaultProfile: String, Sendable, CaseIterable {
    /// A good day.
    case none
    /// Connections end in all ways, every minute or so.
    case flaky
    /// Duplicates, swaps, drops and broken frames.
    case dirty
    /// Trades that cannot be got back.
    case lossy
    /// REST is slow, fails and hangs.
    case slowREST = "slow-rest"
    /// All at once.
    case storm
    case maintenance

    package static func named(_ name: String) throws(ExchangeError) -> FaultSettings {
        guard let profile = FaultProfile(rawValue: name) else {
            throw ExchangeError(
                .badSetting, "there is no fault profile named \(name)", at: "--faults",
                remedy: "There are: \(allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return profile.settings
    }

    package var settings: FaultSettings {
        var settings = FaultSettings()
        switch self {
        case .none: break
        case .flaky:
            settings.endEverySeconds = 45
            settings.stallEverySeconds = 60
            settings.stallMilliseconds = 3_000
        case .dirty:
            settings.duplicateShare = 0.02
            settings.reorderShare = 0.02
            settings.dropShare = 0.002
            settings.corruptShare = 0.001
        case .lossy:
            settings.loseShare = 0.001
        case .slowREST:
            settings.restDelayMilliseconds = 800
            settings.restFailShare = 0.1
            settings.restHangShare = 0.02
        case .storm:
            settings = FaultProfile.dirty.settings
            settings.endEverySeconds = 45
            settings.stallEverySeconds = 60
            settings.stallMilliseconds = 3_000
            settings.loseShare = 0.000_2
            settings.restDelayMilliseconds = 400
            settings.restFailShare = 0.1
            settings.restHangShare = 0.02
        case .maintenance:
            settings.maintenance = true
        }
        return settings
    }
}
