import Foundation
import TestKit
import Testing

/// `yeoul ping` and `yeoul markets` against `yeoul exchange --tls`: two processes that share nothing but
/// the authority's file.
@Suite struct ExchangeTLSTests {
    private func run(
        _ verb: [String], _ folder: TemporaryFolder, url: String, ca: String?
    ) async throws -> YeoulProgram.Result {
        try await YeoulProgram.run(
            verb + [
                "--exchange-profile", "built-in", "--exchange-url", url, "--data-folder",
                folder.path(of: "data"),
            ] + (ca.map { ["--exchange-ca", $0] } ?? []))
    }

    @Test func itIsReachedWithItsAuthorityAndNotOtherwise() async throws {
        let folder = try TemporaryFolder(named: "yeoul tls")
        let exchange = try await RunningExchange("--tls", "--markets", "12", in: folder)
        let ca = try #require(exchange.ca)
        let good = try await run(["ping", "--rounds", "2", "--json"], folder, url: exchange.rest, ca: ca)
        #expect(good.status == 0, "\(good.errors)")
        #expect(good.output.contains("\"origin\":\"https://localhost:"))
        #expect(good.output.contains("\"websocket_microseconds\":["))
        #expect(try await run(["markets"], folder, url: exchange.rest, ca: ca).status == 0)

        let captured = ["markets", "--captured", "--json", "--set", "capture.redundancy=2", "--markets"]
        let plan = try await run(captured + ["KRW-BTC,BTC-*"], folder, url: exchange.rest, ca: ca)
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(plan.output.contains("{\"market\":\"KRW-BTC\"") && !plan.output.contains("\"KRW-ETH\""))
        #expect(plan.output.contains("\"connections\":[0,1]"), "\(plan.output)")
        let nothing = try await run(captured + ["KRW-NOSUCH"], folder, url: exchange.rest, ca: ca)
        #expect(nothing.status == 5 && nothing.errors.contains("capture.markets"), "\(nothing.errors)")
        let wrong = try await run(captured + ["nonsense"], folder, url: exchange.rest, ca: ca)
        #expect(wrong.status == 3 && wrong.errors.contains("names no market"), "\(wrong.errors)")

        let unknown = try await run(["ping"], folder, url: exchange.rest, ca: nil)
        #expect(unknown.status == 6)
        #expect(unknown.errors.contains("signed by an authority that is not trusted"), "\(unknown.errors)")
        #expect(unknown.errors.contains("exchange.ca"))

        let other = try await RunningExchange("--tls", "--markets", "12", in: folder)
        let stranger = try await run(["ping"], folder, url: exchange.rest, ca: other.ca)
        #expect(stranger.status == 6)
        #expect(stranger.errors.contains("signed by an authority that is not trusted"))
    }

    @Test func aNameThatIsNotInTheCertificateIsTold() async throws {
        let folder = try TemporaryFolder()
        let exchange = try await RunningExchange("--tls", "--markets", "12", in: folder)
        // Names below localhost are loopback to libcurl, and stand in no certificate of ours.
        let url = exchange.rest.replacingOccurrences(of: "//localhost", with: "//other.localhost")
        let result = try await run(["ping"], folder, url: url, ca: exchange.ca)
        #expect(result.status == 6)
        #expect(
            result.errors.contains("the certificate is not for other.localhost"), "\(result.errors)")
    }

    @Test func anAuthorityThatCannotBeUsedIsRefusedAtOnce() async throws {
        let folder = try TemporaryFolder()
        let missing = try await run(
            ["ping"], folder, url: "https://127.0.0.1:1", ca: folder.path(of: "no.pem"))
        #expect(missing.status == 6)
        #expect(missing.errors.contains("the trusted certificates cannot be read"))
        #expect(missing.errors.contains("no.pem"))
        let empty = try folder.write("nothing", to: "empty.pem")
        let unusable = try await run(["markets"], folder, url: "https://127.0.0.1:1", ca: empty)
        #expect(unusable.errors.contains("the trusted certificates cannot be read"))
        let plain = try await run(["ping"], folder, url: "http://127.0.0.1:1", ca: empty)
        #expect(plain.status == 3)
        #expect(plain.errors.contains("exchange.ca") && plain.errors.contains("https://"))
    }
}
