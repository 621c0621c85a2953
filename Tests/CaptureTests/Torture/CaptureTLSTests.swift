import Foundation
import TestKit
import Testing

/// `yeoul capture` of an exchange with TLS: with the exchange's own authority it works, otherwise it says what
/// to do.
@Suite(.serialized) struct CaptureTLSTests {
    @Test func theExchangesAuthorityIsTrustedAndAnotherIsNot() async throws {
        let town = try await CaptureTown(tradesPerSecond: 200, markets: 5, exchangeOptions: ["--tls"])
        #expect(town.exchangeURL.hasPrefix("https://localhost:"))
        let authority = try #require(town.authority)
        let capture = try town.capture(settings: ["YEOUL__EXCHANGE__CA": authority])
        #expect(try await town.storesMore(200), "\(capture.output)")
        capture.signal(SIGTERM)
        #expect(try await capture.status(seconds: 60) == 0)
        // Nobody vouches for the exchange.
        let before = try await town.count()
        let stranger = try town.capture()
        let isTold = try await CaptureTown.eventually(seconds: 60) {
            stranger.output.contains("exchange.ca")
        }
        #expect(isTold, "it must name the setting: \(stranger.output)")
        #expect(stranger.output.contains("an authority that is not trusted"), "\(stranger.output)")
        stranger.signal(SIGTERM)
        #expect(try await stranger.status(seconds: 60) == 0)
        // The authority is right, and the certificate is for another address.
        guard FileManager.default.fileExists(atPath: "/proc/net/if_inet6") else {
            print("➜ without IPv6 there is no second name of the exchange: the wrong name is not tested")
            return
        }
        let misled = try town.capture(
            settings: ["YEOUL__EXCHANGE__CA": authority],
            exchange: town.exchangeURL.replacing("localhost", with: "[::ffff:127.0.0.1]"))
        let isRefused = try await CaptureTown.eventually(seconds: 60) {
            misled.output.contains("the certificate is not for ::ffff:127.0.0.1")
        }
        #expect(isRefused, "it must say that the name is wrong: \(misled.output)")
        #expect(misled.output.contains("Connect by a name that stands in the certificate"))
        misled.signal(SIGTERM)
        #expect(try await misled.status(seconds: 60) == 0)
        #expect(try await town.count() == before)
    }
}
