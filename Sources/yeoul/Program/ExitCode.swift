import Capture
import Configuration
import Database
import Exchange
import Market
import Network
import Quotation
import Storage
import Upbit
import Web
import YAML

/// What the program ends with. Scripts rely on these numbers.
package enum ExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    case failed = 1
    case usage = 2
    case configuration = 3
    case database = 4
    case exchange = 5
    case network = 6

    package var meaning: String {
        switch self {
        case .done: "done"
        case .failed: "failed, or the answer is no"
        case .usage: "the command line means nothing"
        case .configuration: "the configuration, or a file it names, is wrong"
        case .database: "the database refused or cannot be reached"
        case .exchange: "the exchange refused or answered what is not understood"
        case .network: "the network or another service cannot be reached"
        }
    }

    /// The only place where an error becomes a number: one line a module.
    package init(for error: any Error) {
        self =
            switch error {
            case let error as ProgramError: error.exitCode
            case is UsageError: .usage
            case is ConfigurationError, is YAMLError: .configuration
            case let error as WebError where error.code != .request: .configuration
            case is DatabaseError, is ClusterError, is StorageError: .database
            case let error as QuotationError where error.isOfTheBudget: .failed
            case let error as ExchangeError: error.code == .badSetting ? .usage : .failed
            case is UpbitError, is MarketError, is QuotationError: .exchange
            case let error as CaptureError: error.code == .badSetting ? .configuration : .exchange
            case is NetworkError: .network
            default: .failed
            }
    }
}
