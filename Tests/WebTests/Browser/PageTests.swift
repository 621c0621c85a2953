import Foundation
import TestKit
import Testing
import Web

/// The page in a real browser. One at a time: a browser wants a processor of its own.
@Suite(.serialized, .timeLimit(.minutes(4))) struct PageTests {
    /// `make test` puts the charts' library there, as `make build` does beside the program.
    static let charts = Repository.root + "/.venv/yeoul-web"

    private static func fixture() async throws -> WebFixture {
        try #require(
            FileManager.default.fileExists(atPath: charts + "/lightweight-charts.js"),
            "the charts' library is missing: scripts/charts .venv/yeoul-web")
        return try await WebFixture.make { $0.folder = charts }
    }

    @Test func aVisitorSeesTheMarketMove() async throws {
        let fixture = try await Self.fixture()
        let browser = try await Browser.open()
        // A page of this origin that has an icon of its own: another would ask for /favicon.ico in vain.
        try await browser.visit(fixture.origin + "/docs")
        try await browser.run("localStorage.setItem('theme', 'dark')")
        let began = ContinuousClock.now
        try await browser.visit(fixture.origin + "/")
        try await browser.wait(
            seconds: 10, for: "the chart",
            "document.querySelector('#chart').dataset.shown?.match(/^KRW-[A-Z]+ 1m 36[0-9]$/)")
        #expect(ContinuousClock.now - began < .seconds(10))
        try await browser.wait(for: "candles in both colours", Self.candlesAreDrawn)
        #expect(
            try await browser.run("return document.querySelectorAll('#list [role=option]').length") as? Int
                == 11)
        try await browser.wait(
            for: "the order book", "document.querySelectorAll('#ladder .ask, #ladder .bid').length === 30")
        try await browser.wait(for: "the state", "document.querySelector('#simulated').checkVisibility()")
        try await Self.screenshots(browser, "desktop-dark-en")

        // Another market by the mouse, another timeframe, and the market moves.
        try await browser.click("#market-KRW-ETH")
        try await browser.wait(
            for: "the other market", "document.querySelector('#chart').dataset.shown.startsWith('KRW-ETH 1m')"
        )
        #expect(
            try await browser.text("return document.querySelector('#market-name').textContent") == "Ethereum")
        try await browser.click("[data-frame='5m']")
        try await browser.wait(
            for: "the other timeframe",
            "document.querySelector('#chart').dataset.shown.startsWith('KRW-ETH 5m')")
        let price = try await browser.text("return document.querySelector('#price').textContent")
        for _ in 0..<12 {
            try await fixture.tick()
            try await Task.sleep(for: .milliseconds(250))
        }
        try await browser.wait(
            for: "another price", "document.querySelector('#price').textContent !== '\(price)'")
        try await browser.wait(for: "updates", "Number(document.querySelector('#chart').dataset.updates) > 1")
        #expect(try await browser.complaints() == [])
        await browser.close()
    }

    @Test func keysDoWhatTheMouseDoes() async throws {
        let fixture = try await Self.fixture()
        let browser = try await Browser.open()
        try await browser.visit(fixture.origin + "/#KRW-BTC")
        try await browser.wait(
            for: "the chart", "document.querySelector('#chart').dataset.shown?.startsWith('KRW-BTC')")
        try await browser.run("document.querySelector('#list').focus()")
        try await browser.press(Browser.arrowDown)
        try await browser.wait(
            for: "the next market", "!document.querySelector('#chart').dataset.shown.startsWith('KRW-BTC')")
        try await browser.press("]")
        try await browser.wait(
            for: "the next timeframe", "document.querySelector('#chart').dataset.shown.includes(' 3m ')")
        try await browser.press("/")
        #expect(try await browser.text("return document.activeElement.id") == "find")
        try await browser.press("link" + Browser.enter)
        try await browser.wait(
            for: "the market that was sought",
            "document.querySelector('#chart').dataset.shown.startsWith('KRW-LINK')")
        // Whatever can be pressed can be reached and has a name.
        let nameless = try await browser.run(
            """
            return [...document.querySelectorAll('button, input, a, [role=option]')].filter((one) => one.checkVisibility()
                && !(one.textContent.trim() || one.getAttribute('aria-label') || one.labels?.length)).length
            """)
        #expect(nameless as? Int == 0)
        #expect(try await browser.complaints() == [])
        await browser.close()
    }

    @Test func staleDataAndALostServerAreSaid() async throws {
        let fixture = try await Self.fixture()
        let browser = try await Browser.open()
        try await fixture.tick()
        try await browser.visit(fixture.origin + "/")
        try await browser.wait(for: "live", "document.body.dataset.state === 'live'")
        #expect(
            try await browser.run("return document.querySelector('#notice').checkVisibility()") as? Bool
                == false)
        try await fixture.execute("UPDATE market.transactions SET time = time - interval '5 minutes'")
        try await browser.wait(for: "stale", "document.body.dataset.state === 'stale'")
        let notice = try await browser.text("return document.querySelector('#notice').innerText")
        #expect(notice.hasPrefix("Stale: the newest trade is 5 min old."), "\(notice)")
        try await browser.screenshot("desktop-stale")
        #expect(try await browser.run(Self.layout) as? [String] == [])
        #expect(try await browser.complaints() == [])
        fixture.server.stop()
        try await browser.wait(for: "no connection", "document.body.dataset.state === 'away'")
        // The figures stay, under a notice.
        #expect(
            try await browser.run("return document.querySelectorAll('#list [role=option]').length") as? Int
                == 11)
        #expect(
            try await browser.text("return document.querySelector('#notice').innerText").hasPrefix(
                "No connection"))
        await browser.close()
    }

    @Test func aPageThatIsOpenedBeforeTheFirstPriceChoosesTheBusiestMarketThen() async throws {
        let fixture = try await WebFixture.make(isFilled: false) { $0.folder = Self.charts }
        try await fixture.execute(
            """
            INSERT INTO market.markets (valid_from, symbol, quote, base, korean_name, english_name, state)
            SELECT now() - interval '1 year', 'KRW-' || base, 'KRW', base, base, base, 'ACTIVE'
            FROM unnest(array['AAA', 'BBB', 'CCC']) base
            """)
        let browser = try await Browser.open()
        try await browser.visit(fixture.origin + "/")
        try await browser.wait(
            seconds: 60, for: "the list", "document.querySelectorAll('#list [role=option]').length === 3")
        #expect(try await browser.text("return document.querySelector('#market-symbol').innerText") == "")
        try await fixture.execute(
            """
            SELECT ops.ensure_partitions('tickers', now() - interval '1 hour', now());
            INSERT INTO market.tickers (time, received_at, change_rate, opening_price, high_price, low_price,
                closing_price, prev_closing_price, change_price, acc_volume, acc_value, acc_volume_24h,
                acc_value_24h, symbol, change, market_state)
            SELECT now(), now(), 0, 100, 100, 100, 100, 100, 0, 1, 100, 1, value, symbol, 'EVEN', 'ACTIVE'
            FROM (VALUES ('KRW-AAA', 5), ('KRW-BBB', 9), ('KRW-CCC', 7)) AS t (symbol, value)
            """)
        try await browser.wait(
            seconds: 60, for: "the busiest market",
            "document.querySelector('#market-symbol').innerText === 'KRW-BBB'")
        #expect(try await browser.complaints() == [])
        await browser.close()
    }

    @Test func aPhoneHasOneViewAtATime() async throws {
        let fixture = try await Self.fixture()
        let browser = try await Browser.open(.phone)
        try await browser.visit(fixture.origin + "/")
        try await browser.wait(for: "the chart", "document.querySelector('#chart').dataset.shown")
        try await browser.wait(for: "candles", Self.candlesAreDrawn)
        try await Self.screenshots(browser, "phone")
        for view in ["markets", "book", "proof"] {
            try await browser.click("[data-view-to='\(view)']")
            try await browser.wait(
                for: view,
                "document.querySelector('#\(view)').checkVisibility() && !document.querySelector('#center').checkVisibility()"
            )
            try await Self.screenshots(browser, "phone-\(view)")
        }
        try await browser.click("[data-view-to='markets']")
        try await browser.click("#market-KRW-SOL")
        try await browser.wait(
            for: "the chosen market's chart",
            "document.querySelector('#center').checkVisibility() && document.querySelector('#chart').dataset.shown.startsWith('KRW-SOL')"
        )
        #expect(try await browser.complaints() == [])
        await browser.close()
    }

    @Test func koreanAndLightAreAClickAway() async throws {
        let fixture = try await Self.fixture()
        let browser = try await Browser.open()
        // A page of this origin that has an icon of its own: another would ask for /favicon.ico in vain.
        try await browser.visit(fixture.origin + "/docs")
        try await browser.run("localStorage.setItem('theme', 'dark')")
        try await browser.visit(fixture.origin + "/#KRW-BTC")
        try await browser.wait(for: "the chart", "document.querySelector('#chart').dataset.shown")
        try await browser.click("#language")
        try await browser.click("#theme")
        try await browser.wait(for: "candles", Self.candlesAreDrawn)
        #expect(try await browser.text("return document.querySelector('#market-name').textContent") == "비트코인")
        #expect(try await browser.text("return document.documentElement.dataset.theme") == "light")
        try await Self.screenshots(browser, "desktop-light-ko")
        // Both stay after a visit.
        try await browser.visit(fixture.origin + "/#KRW-BTC")
        try await browser.wait(
            for: "the Korean name", "document.querySelector('#market-name').textContent === '비트코인'")
        try await browser.click("[data-view-to='proof']")
        try await browser.wait(for: "the proof", "document.querySelectorAll('.proof-bar').length === 12")
        try await browser.run(
            "[...document.querySelectorAll('.proof-table button')].find((one) => one.textContent === 'KRW-ADA').click()"
        )
        try await browser.wait(
            for: "what is not proven", "document.querySelector('#proof-detail').innerText.includes('불일치')")
        try await Self.screenshots(browser, "desktop-proof-ko")
        #expect(try await browser.complaints() == [])
        await browser.close()
    }

    @Test func withoutTheLibraryThePageStillShowsTheMarket() async throws {
        let fixture = try await WebFixture.make()
        let browser = try await Browser.open()
        try await browser.visit(fixture.origin + "/")
        try await browser.wait(
            for: "a line and a table",
            "document.querySelector('#chart .plain-line polyline') && document.querySelectorAll('#chart tbody tr').length === 20"
        )
        #expect(
            try await browser.text("return document.querySelector('#chart').innerText").contains("make build")
        )
        try await browser.screenshot("desktop-plain")
        #expect(try await browser.complaints() == [])
        await browser.close()
    }

    @Test func aTokenIsAskedForAndLetsIn() async throws {
        let fixture = try await WebFixture.make {
            $0.folder = Self.charts
            $0.token = "a-token-that-nobody-guesses"
        }
        try await fixture.tick()
        let browser = try await Browser.open()
        try await browser.visit(fixture.origin + "/")
        try await browser.wait(for: "the question for the token", "document.querySelector('#login').open")
        try await browser.run("document.querySelector('#token').value = 'wrong'")
        try await browser.click("#login-form button")
        try await browser.wait(
            for: "a refusal", "document.querySelector('#login-says').textContent.length > 5")
        try await browser.run("document.querySelector('#token').value = 'a-token-that-nobody-guesses'")
        try await browser.click("#login-form button")
        try await browser.wait(
            for: "the page",
            "document.querySelector('#chart').dataset.shown && document.body.dataset.state === 'live'")
        await browser.close()
    }

    @Test func theDocumentsOfTheAPICanBeTried() async throws {
        let fixture = try await APITests.shared.value
        let browser = try await Browser.open()
        try await browser.visit(fixture.origin + "/docs")
        try await browser.wait(for: "the routes", "document.querySelectorAll('.route').length > 9")
        try await browser.run("document.getElementById('/api/orderbook-symbol').value = 'KRW-BTC'")
        try await browser.run(
            "document.getElementById('/api/orderbook-symbol').form.querySelector('button').click()")
        try await browser.wait(
            for: "an answer",
            "[...document.querySelectorAll('pre')].some((one) => one.textContent.startsWith('200') && one.textContent.includes('asks'))"
        )
        #expect(try await browser.run(Self.layout) as? [String] == [])
        #expect(try await browser.complaints() == [])
        await browser.close()
    }

    private static func screenshots(_ browser: Browser, _ name: String) async throws {
        try await browser.screenshot(name)
        let faults = try await browser.run(layout) as? [String]
        #expect(faults == [], "\(name)")
    }

    private static let layout =
        (try? Repository.text(of: "Tests/WebTests/Fixtures/layout.js")) ?? "return ['missing']"

    /// Looks at the pixels: the colours of rising and falling candles are there.
    private static let candlesAreDrawn = """
        (() => {
            const wanted = ['--up', '--down'].map((name) => getComputedStyle(document.documentElement)
                .getPropertyValue(name).trim().match(/[0-9a-f]{2}/g).slice(0, 3).map((part) => parseInt(part, 16)));
            const found = [0, 0];
            for (const canvas of document.querySelectorAll('#chart canvas')) {
                if (!canvas.width || !canvas.height) continue;
                const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                for (let at = 0; at < data.length; at += 4) wanted.forEach((colour, index) => {
                    if (data[at + 3] > 200 && colour.every((part, offset) => Math.abs(data[at + offset] - part) < 8)) found[index] += 1;
                });
            }
            return found.every((count) => count > 100);
        })()
        """
}
