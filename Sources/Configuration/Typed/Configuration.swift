import Diagnostics

/// The settings as the program uses them.
package struct Configuration: Sendable, Equatable {
    package struct Data: Sendable, Equatable {
        /// Absolute.
        package var folder: String
    }

    package struct Database: Sendable, Equatable {
        /// nil: the private server.
        package var url: String?
        /// The address without a pooler; nil: `url`.
        package var directURL: String?
        package var account: String
        package var port: Int
        package var profile: DatabaseProfile
        /// The folder of `initdb` and `postgres`; nil: the newest installed.
        package var programs: String?
        package var pool: Pool
    }

    package struct Pool: Sendable, Equatable {
        package var size: Int
        package var overflow: Int
        package var waitMilliseconds: Int
        package var recycleMilliseconds: Int
    }

    package struct Storage: Sendable, Equatable {
        package var engine: StorageEngine
        package var retention: RetentionProfile
    }

    package struct Journal: Sendable, Equatable {
        /// Absolute.
        package var folder: String
        package var keepMilliseconds: Int
        package var sizeMax: Int
        package var freeReserveBytes: Int
        package var syncMilliseconds: Int
        package var syncBytes: Int
    }

    package struct Exchange: Sendable, Equatable {
        package var profile: ExchangeProfile
        /// nil: the profile's own address.
        package var url: String?
        /// A PEM file of the only authorities to trust; nil: the system's.
        package var ca: String?
        package var rateBudget: RateBudgetPlace
        /// Hosts that share the address; of meaning when the budget is in the database.
        package var rateHosts: Int
    }

    package struct Capture: Sendable, Equatable {
        package var markets: [String]
        package var channels: [String]
        package var bookLevels: Int
        package var connections: Int
        /// Connections that listen to the same market.
        package var redundancy: Int
        package var compression: Bool
    }

    package struct Derivation: Sendable, Equatable {
        package var enabled: Bool
        package var timeframes: [String]
        package var graceMilliseconds: Int
        package var provisionalMilliseconds: Int
    }

    package struct Web: Sendable, Equatable {
        /// A numeric address.
        package var host: String
        package var port: Int
        /// nil: this machine only.
        package var token: String?
        /// nil: what lies beside the program.
        package var folder: String?
        package var connections: Int
    }

    package struct Log: Sendable, Equatable {
        package var level: LogLevel
        package var format: LogFormat
    }

    package var data: Data
    package var database: Database
    package var storage: Storage
    package var journal: Journal
    package var exchange: Exchange
    package var capture: Capture
    package var derivation: Derivation
    package var web: Web
    package var log: Log

    init(_ values: SettingValues) throws(ConfigurationError) {
        data = Data(folder: try values.text("data.folder"))
        database = Database(
            url: try values.optionalText("database.url"),
            directURL: try values.optionalText("database.direct_url"),
            account: try values.text("database.account"),
            port: try values.integer("database.port"),
            profile: try values.choice("database.profile"),
            programs: try values.optionalText("database.programs"),
            pool: Pool(
                size: try values.integer("database.pool.size"),
                overflow: try values.integer("database.pool.overflow"),
                waitMilliseconds: try values.milliseconds("database.pool.wait"),
                recycleMilliseconds: try values.milliseconds("database.pool.recycle")))
        storage = Storage(
            engine: try values.choice("storage.engine"), retention: try values.choice("storage.retention"))
        journal = Journal(
            folder: try values.optionalText("journal.folder") ?? (data.folder + "/journal"),
            keepMilliseconds: try values.milliseconds("journal.keep"),
            sizeMax: try values.bytes("journal.size_max"),
            freeReserveBytes: try values.bytes("journal.free_reserve"),
            syncMilliseconds: try values.milliseconds("journal.sync_after"),
            syncBytes: try values.bytes("journal.sync_bytes"))
        exchange = Exchange(
            profile: try values.choice("exchange.profile"), url: try values.optionalText("exchange.url"),
            ca: try values.optionalText("exchange.ca"),
            rateBudget: try values.choice("exchange.rate_budget"),
            rateHosts: try values.integer("exchange.rate_hosts"))
        capture = Capture(
            markets: try values.list("capture.markets"), channels: try values.list("capture.channels"),
            bookLevels: try values.integerChoice("capture.book_levels"),
            connections: try values.integer("capture.connections"),
            redundancy: try values.integer("capture.redundancy"),
            compression: try values.boolean("capture.compression"))
        derivation = Derivation(
            enabled: try values.boolean("derivation.enabled"),
            timeframes: try values.list("derivation.timeframes"),
            graceMilliseconds: try values.milliseconds("derivation.grace"),
            provisionalMilliseconds: try values.milliseconds("derivation.provisional"))
        web = Web(
            host: try values.text("web.host"), port: try values.integer("web.port"),
            token: try values.optionalText("web.token"), folder: try values.optionalText("web.folder"),
            connections: try values.integer("web.connections"))
        log = Log(level: try values.choice("log.level"), format: try values.choice("log.format"))
    }
}
