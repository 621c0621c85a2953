import Configuration
import Diagnostics
import TestKit
import Testing

@Suite struct PrecedenceTests {
    @Test func laterLayersWin() throws {
        var loading = try Loading()
        #expect(try loading.shown("log.level") == ["info", "default"])
        try loading.write("log:\n  level: debug\n")
        #expect(try loading.shown("log.level") == ["debug", "config.yaml:2"])
        try loading.write("LOG_LEVEL=warning\n", to: ".env")
        #expect(try loading.shown("log.level") == ["warning", ".env:1 (LOG_LEVEL)"])
        loading.inputs.environment["LOG_LEVEL"] = "error"
        #expect(try loading.shown("log.level") == ["error", "environment LOG_LEVEL"])
        loading.inputs.environment["YEOUL__LOG__LEVEL"] = "critical"
        #expect(try loading.shown("log.level") == ["critical", "environment YEOUL__LOG__LEVEL"])
        loading.inputs.flags = [FlagAssignment(key: "log.level", value: "info", flag: "--log-level")]
        #expect(try loading.shown("log.level") == ["info", "flag --log-level"])
        loading.inputs.flags.append(FlagAssignment(key: "log.level", value: "debug", flag: "--set"))
        #expect(try loading.shown("log.level") == ["debug", "flag --set"])
    }

    @Test func findsTheFile() throws {
        var loading = try Loading()
        #expect(try loading.resolved().file == nil)
        try loading.write("database: {port: 2}", to: "second.yaml")
        #expect(try loading.typed().database.port == 2)
        try loading.write("database: {port: 1}")
        #expect(try loading.typed().database.port == 1)
        try loading.write("database: {port: 3}", to: "third.yaml")
        loading.inputs.environment["YEOUL_CONFIG"] = "third.yaml"
        #expect(try loading.typed().database.port == 3)
        loading.inputs.file = "second.yaml"
        #expect(try loading.typed().database.port == 2)
    }

    @Test func anEmptyVariableIsNotSet() throws {
        var loading = try Loading()
        try loading.write("LOG_LEVEL=debug\n", to: ".env")
        loading.inputs.environment = ["LOG_LEVEL": "", "DATABASE_URL": ""]
        #expect(try loading.shown("log.level") == ["info", "default"])
    }

    @Test func aKeyWithoutValueHasItsDefault() throws {
        var loading = try Loading()
        try loading.write("log:\ndatabase:\n  url:\n  port: ~\n")
        #expect(try loading.shown("database.port") == ["0", "default"])
        #expect(try loading.typed().database.url == nil)
    }

    @Test func choosesTheDataFolderByAccount() throws {
        var loading = try Loading()
        #expect(try loading.typed().data.folder == "/home/yeoul/.local/share/yeoul")
        loading.inputs.environment["XDG_DATA_HOME"] = "/xdg"
        #expect(try loading.typed().data.folder == "/xdg/yeoul")
        loading.inputs.environment["XDG_DATA_HOME"] = "relative"
        #expect(try loading.typed().data.folder == "/home/yeoul/.local/share/yeoul")
        loading.inputs.isRoot = true
        #expect(try loading.typed().data.folder == "/var/lib/yeoul")
        loading.inputs.isRoot = false
        loading.inputs.homeFolder = nil
        #expect(try loading.mistakes().first?.what == "no home folder is known to keep data in")
        loading.inputs.environment["YEOUL__DATA__FOLDER"] = "./a b"
        #expect(try loading.typed().data.folder == loading.folder.path + "/a b")
    }

    @Test func pathsMayBeginAtHome() throws {
        var loading = try Loading()
        loading.inputs.flags = [FlagAssignment(key: "data.folder", value: "~/y", flag: "--set")]
        #expect(try loading.typed().data.folder == "/home/yeoul/y")
    }

    @Test func theServersVariablesMakeAnAddress() throws {
        var loading = try Loading()
        loading.inputs.environment = [
            "POSTGRES_USER": "u@1", "POSTGRES_PASSWORD": "p/s:w", "POSTGRES_DB": "d",
        ]
        #expect(try loading.typed().database.url == "postgresql://u%401:p%2Fs%3Aw@localhost:5432/d")
        #expect(try loading.resolved().secrets == ["p%2Fs%3Aw"])
        #expect(
            try loading.shown("database.url") == [
                "postgresql://u%401:***@localhost:5432/d",
                "environment POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB",
            ])
        loading.inputs.environment = ["POSTGRES_PASSWORD": "p", "POSTGRES_HOST": "h", "POSTGRES_PORT": "1"]
        #expect(try loading.typed().database.url == "postgresql://postgres:p@h:1/postgres")
        loading.inputs.environment["DATABASE_URL"] = "postgres://x/y"
        #expect(try loading.typed().database.url == "postgres://x/y")
        loading.inputs.environment["POSTGRES_PORT"] = "x"
        #expect(try loading.mistakes().map(\.what) == ["POSTGRES_PORT is not a port"])
    }

    @Test func theJournalLiesInTheDataFolderUnlessItHasAPlaceOfItsOwn() throws {
        var loading = try Loading()
        try loading.write("data: {folder: /d}")
        #expect(try loading.typed().journal.folder == "/d/journal")
    }

    @Test func everythingReachesItsConsumer() throws {
        var loading = try Loading()
        try loading.write(
            """
            data: {folder: /d}
            database:
              url: postgresql://h/d
              direct_url: postgresql://h2/d
              account: pg
              port: 5433
              profile: small
              programs: /pg/bin
              pool: {size: 2, overflow: 0, wait: 250ms, recycle: 2 hours}
            storage: {engine: native, retention: forever}
            journal:
              folder: /j
              keep: 2h
              size_max: 3MiB
              free_reserve: 0
              sync_after: 5ms
              sync_bytes: 64KiB
            exchange:
              profile: built-in
              url: "https://127.0.0.1:1"
              ca: /ca.pem
              rate_budget: database
              rate_hosts: 3
            capture:
              markets: [KRW-BTC, BTC-*]
              channels: [trade]
              book_levels: 30
              connections: 7
              redundancy: 2
              compression: false
            derivation: {enabled: false, timeframes: [1m, 1h], grace: 500ms, provisional: 5s}
            web: {host: 0.0.0.0, port: 80, token: 0123456789abcdef, folder: /page, connections: 20}
            log: {level: critical, format: json}
            """)
        let typed = try loading.typed()
        #expect(typed.data.folder == "/d")
        #expect(typed.database.url == "postgresql://h/d")
        #expect(typed.database.directURL == "postgresql://h2/d")
        #expect(typed.database.account == "pg")
        #expect(typed.database.port == 5433)
        #expect(typed.database.profile == .small)
        #expect(typed.database.programs == "/pg/bin")
        #expect(typed.database.pool.size == 2)
        #expect(typed.database.pool.overflow == 0)
        #expect(typed.database.pool.waitMilliseconds == 250)
        #expect(typed.database.pool.recycleMilliseconds == 7_200_000)
        #expect(typed.storage.engine == .native)
        #expect(typed.storage.retention == .forever)
        #expect(typed.journal.folder == "/j")
        #expect(typed.journal.keepMilliseconds == 7_200_000)
        #expect(typed.journal.sizeMax == 3 << 20)
        #expect(typed.journal.freeReserveBytes == 0)
        #expect(typed.journal.syncMilliseconds == 5)
        #expect(typed.journal.syncBytes == 64 << 10)
        #expect(typed.exchange.profile == .builtIn)
        #expect(typed.exchange.url == "https://127.0.0.1:1")
        #expect(typed.exchange.ca == "/ca.pem")
        #expect(typed.exchange.rateBudget == .database)
        #expect(typed.exchange.rateHosts == 3)
        #expect(typed.capture.markets == ["KRW-BTC", "BTC-*"])
        #expect(typed.capture.channels == ["trade"])
        #expect(typed.capture.bookLevels == 30)
        #expect(typed.capture.connections == 7)
        #expect(typed.capture.redundancy == 2)
        #expect(!typed.capture.compression)
        #expect(!typed.derivation.enabled)
        #expect(typed.derivation.timeframes == ["1m", "1h"])
        #expect(typed.derivation.graceMilliseconds == 500)
        #expect(typed.derivation.provisionalMilliseconds == 5_000)
        #expect(typed.web.host == "0.0.0.0")
        #expect(typed.web.port == 80)
        #expect(typed.web.token == "0123456789abcdef")
        #expect(typed.web.folder == "/page")
        #expect(typed.web.connections == 20)
        #expect(typed.log.level == .critical)
        #expect(typed.log.format == .json)
        #expect(try loading.resolved().settings.allSatisfy { $0.source != .standard })
    }
}
