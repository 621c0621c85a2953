import Diagnostics

/// Every setting there is. A key stands here only while something obeys it.
package enum SettingTable {
    package static let settings: [Setting] =
        data + database + pool + storage + journal + exchange + capture + derivation + web + log

    package static func names<Choice: CaseIterable & RawRepresentable>(_: Choice.Type) -> [String]
    where Choice.RawValue == String {
        Choice.allCases.map(\.rawValue)
    }

    private static let data = [
        Setting(
            "data.folder", .path, .dataFolder, flag: "data-folder",
            "Folder for everything that Yeoul keeps: the private database, the journal, status files")
    ]

    private static let database = [
        Setting(
            "database.url", .url(schemes: ["postgresql", "postgres"]),
            .unset(meaning: "a private server in the data folder"), environment: ["DATABASE_URL"],
            flag: "database-url",
            "PostgreSQL to use instead of the private server; it may be a transaction pooler"),
        Setting(
            "database.direct_url", .url(schemes: ["postgresql", "postgres"]),
            .unset(meaning: "database.url"), environment: ["DATABASE_DIRECT_URL"],
            "The same database without a pooler between, for migrations, leases and notifications"),
        Setting(
            "database.account", .text, .written("postgres"),
            "Account that runs the private server when Yeoul is started as root"),
        Setting(
            "database.port", .integer(0...65_535), .written("0"),
            "TCP port of the private server on loopback; 0 chooses a free one and keeps it"),
        Setting(
            "database.profile", .choice(names(DatabaseProfile.self)), .written("default"),
            "How much memory the private server takes; small keeps everything within 1 GB"),
        Setting(
            "database.programs", .path, .unset(meaning: "the newest installed PostgreSQL of 15 to 18"),
            "Folder with initdb and postgres for the private server"),
    ]

    private static let pool = [
        Setting(
            "database.pool.size", .integer(1...500), .written("5"), "Connections that are kept open"),
        Setting(
            "database.pool.overflow", .integer(0...500), .written("10"),
            "Further connections while many are needed; closed when given back"),
        Setting(
            "database.pool.wait", .duration(10...600_000), .written("5s"),
            "How long a task waits for a free connection before it fails"),
        Setting(
            "database.pool.recycle", .duration(1_000...604_800_000), .written("1h"),
            "Age at which a connection is replaced by a new one"),
    ]

    private static let storage = [
        Setting(
            "storage.engine", .choice(names(StorageEngine.self)), .written("auto"),
            "How time tables are kept; auto takes TimescaleDB where the server has it"),
        Setting(
            "storage.retention", .choice(names(RetentionProfile.self)), .written("default"),
            "What is kept for how long: the file of this name in retention/"),
    ]

    private static let journal = [
        Setting(
            "journal.folder", .path, .unset(meaning: "journal in the data folder"), flag: "journal-folder",
            "Folder of the journal, which every frame is written to first; a disk of its own is welcome"),
        Setting(
            "journal.keep", .duration(0...31_536_000_000), .written("24h"),
            "How long frames stay in the journal once the database has them"),
        Setting(
            "journal.size_max", .bytes((1 << 20)...(1 << 44)), .written("20GiB"),
            "The journal's size; when so much waits for the database, capture stops and records a gap"),
        Setting(
            "journal.free_reserve", .bytes(0...(1 << 44)), .written("1GiB"),
            "Free space of the journal's disk that is left to others"),
        Setting(
            "journal.sync_after", .duration(1...10_000), .written("20ms"),
            "A frame is safe on the disk after so long; frames of that time share one sync"),
        Setting(
            "journal.sync_bytes", .bytes((4 << 10)...(8 << 20)), .written("1MiB"),
            "So many bytes of frames are synced at once, however young"),
    ]

    private static let exchange = [
        Setting(
            "exchange.profile", .choice(names(ExchangeProfile.self)), .written("upbit"),
            flag: "exchange-profile", "The exchange to capture"),
        Setting(
            "exchange.url", .url(schemes: ["https", "http"]),
            .unset(meaning: "the profile's own address"), flag: "exchange-url",
            "Address of another server that speaks the profile's protocol"),
        Setting(
            "exchange.ca", .path, .unset(meaning: "the system's authorities"), flag: "exchange-ca",
            "PEM file of the authorities that the exchange's certificate must come from"),
        Setting(
            "exchange.rate_budget", .choice(names(RateBudgetPlace.self)), .written("host"),
            "Who shares the exchange's limits: the processes of this host, or all hosts of the database"),
        Setting(
            "exchange.rate_hosts", .integer(2...5), .written("2"),
            "Hosts behind one address, with rate_budget: database; each has its part while that is away"),
    ]

    private static let capture = [
        Setting(
            "capture.markets", .textList, .written("KRW-*"), flag: "markets",
            "Markets to capture: codes, all of a quote currency (KRW-*), or all"),
        Setting(
            "capture.channels", .textList, .written("trade, ticker, orderbook"),
            "What to listen to: trade, ticker, orderbook, and candles such as candle.1m"),
        Setting(
            "capture.book_levels", .choice(["1", "5", "15", "30"]), .written("15"),
            "Levels of each side of an order book"),
        Setting(
            "capture.connections", .integer(1...32), .written("4"),
            "WebSockets that the markets are spread over, 250 markets each at most"),
        Setting(
            "capture.redundancy", .integer(1...2), .written("1"),
            "Connections that listen to the same market; the first copy of a trade wins"),
        Setting(
            "capture.compression", .boolean, .written("true"),
            "Whether the exchange may compress what it sends"),
    ]

    private static let derivation = [
        Setting(
            "derivation.enabled", .boolean, .written("true"),
            "Whether the capture derives candles and indicators from the trades that it stores"),
        Setting(
            "derivation.timeframes", .textList, .written("1m, 3m, 5m, 10m, 15m, 30m, 1h, 4h, 1d, 1w, 1mo"),
            "Candles to derive, 1m or 1s among them: 1s 1m 3m 5m 10m 15m 30m 1h 4h 1d 1w 1mo"),
        Setting(
            "derivation.grace", .duration(0...60_000), .written("2s"),
            "A candle closes so long after its end, by the exchange's time; what comes later revises it"),
        Setting(
            "derivation.provisional", .duration(1_000...3_600_000), .written("1s"),
            "How often the values of an open candle are renewed at most, in its row of latest_indicators"),
    ]

    private static let web = [
        Setting(
            "web.host", .text, .written("127.0.0.1"),
            "Address to serve the page and the API at; any but loopback needs web.token"),
        Setting(
            "web.port", .integer(0...65_535), .written("8000"), flag: "web-port",
            "Port of the page and the API; 0 takes any free one"),
        Setting(
            "web.token", .secret, .unset(meaning: "this machine only, without a login"),
            "What a caller from elsewhere must show; at least 16 letters and digits"),
        Setting(
            "web.folder", .path, .unset(meaning: "yeoul-web beside the program, when there is one"),
            "Folder whose files replace or complete those of the page, such as lightweight-charts.js"),
        Setting(
            "web.connections", .integer(10...5_000), .written("500"),
            "Connections served at once, pages that are kept up to date included"),
    ]

    private static let log = [
        Setting(
            "log.level", .choice(names(LogLevel.self)), .written("info"), environment: ["LOG_LEVEL"],
            flag: "log-level", "The least important entries that are still logged"),
        Setting(
            "log.format", .choice(names(LogFormat.self)), .written("auto"), environment: ["LOG_FORMAT"],
            flag: "log-format", "How entries are written; auto is text on a terminal, JSON lines elsewhere"),
    ]
}
