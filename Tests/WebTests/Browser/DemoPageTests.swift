import Foundation
import TestKit
import Testing

/// What somebody sees who starts the demo: the program as it is, its market, a real browser.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DemoPageTests {
    /// Ten seconds are promised; a machine that builds and tests beside this is given more.
    private static let secondsMax =
        ProcessInfo.processInfo.environment["YEOUL_TORTURE"] == "1" ? 10 : 60

    @Test func theMarketMovesSoonAfterTheDemosStart() async throws {
        // A browser takes some seconds of its own to start.
        let browser = try await Browser.open()
        let demo = try RunningDemo()
        let page = try await demo.page()
        try await browser.visit(page + "/")
        try await browser.wait(
            seconds: 60, for: "candles",
            "document.querySelector('#chart').dataset.shown?.match(/^KRW-[A-Z0-9]+ 1[sm] [1-9]/)")
        let took = ContinuousClock.now - demo.began
        print("➜ candles \(took) after the demo's start")
        #expect(took < .seconds(Self.secondsMax))
        try await browser.wait(seconds: 60, for: "life", "document.body.dataset.state === 'live'")
        #expect(
            try await browser.run("return document.querySelector('#simulated').checkVisibility()") as? Bool
                == true)
        try await Self.waitForUpdates(browser)
        try await browser.wait(
            seconds: 60, for: "the order book", "document.querySelectorAll('#ladder .ask').length > 4")
        try await Self.screenshot(browser, "demo-desktop")

        // Another market, and each length that the demo's candles have by now.
        try await browser.click("#market-KRW-ETH")
        for frame in ["1m", "5m", "1d", "1s"] {
            try await browser.wait(
                seconds: 60, for: "the button", "document.querySelector('[data-frame=\"\(frame)\"]')")
            try await browser.click("[data-frame='\(frame)']")
            try await browser.wait(
                seconds: 60, for: "candles of \(frame)",
                "document.querySelector('#chart').dataset.shown?.match(/^KRW-ETH \(frame) [1-9]/)")
            try await Self.waitForUpdates(browser)
        }
        // The last of them close, and have indicators with short memories.
        try await browser.wait(
            seconds: 90, for: "an average", "document.querySelector('#legend').innerText.includes('MA5')")
        #expect(try await browser.complaints() == [])

        let phone = try await Browser.open(.phone)
        try await phone.visit(page + "/#KRW-BTC")
        try await phone.wait(
            seconds: 60, for: "candles",
            "document.querySelector('#chart').dataset.shown?.match(/ [1-9][0-9]*$/)")
        try await Self.waitForUpdates(phone)
        try await Self.screenshot(phone, "demo-phone")
        #expect(try await phone.complaints() == [])
        await phone.close()

        #expect(try await demo.end() == 0)
        try await browser.wait(seconds: 60, for: "no connection", "document.body.dataset.state === 'away'")
        await browser.close()
    }

    private static func waitForUpdates(_ browser: Browser) async throws {
        let before =
            Int(try await browser.text("return document.querySelector('#chart').dataset.updates ?? 0")) ?? 0
        try await browser.wait(
            seconds: 60, for: "an update",
            "Number(document.querySelector('#chart').dataset.updates ?? 0) > \(before)")
    }

    private static func screenshot(_ browser: Browser, _ name: String) async throws {
        try await browser.screenshot(name)
        let faults = try await browser.run(try Repository.text(of: "Tests/WebTests/Fixtures/layout.js"))
        #expect(faults as? [String] == [], "\(name)")
    }
}
