import Testing
import Web

@Suite struct WebSettingsTests {
    @Test(arguments: ["0.0.0.0", "192.168.1.5", "::", "128.0.0.1", "127.0.0", "localhost"])
    func anAddressThatOthersReachNeedsAToken(_ host: String) {
        var settings = WebSettings()
        settings.host = host
        #expect(throws: WebError.self) { try settings.check() }
        settings.token = "0123456789abcdef"
        #expect(throws: Never.self) { try settings.check() }
    }

    @Test(arguments: ["short", "has blanks in it, which no header takes", "한글한글한글한글한글한글"])
    func aTokenThatCouldBeGuessedOrCannotBeSentIsRefused(_ token: String) {
        var settings = WebSettings()
        settings.token = token
        #expect(throws: WebError.self) { try settings.check() }
    }

    @Test(arguments: ["127.0.0.1", "127.8.8.8", "::1"])
    func thisMachineNeedsNone(_ host: String) {
        var settings = WebSettings()
        settings.host = host
        #expect(throws: Never.self) { try settings.check() }
    }
}
