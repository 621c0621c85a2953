import Network
import Testing

@Suite struct NegotiationTests {
    @Test func theAcceptKeyIsTheOneOfTheStandard() {
        #expect(UpgradeHandshake.accept(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func theFirstOfferThatCanBeFulfilledIsTaken() {
        let offers = [
            "permessage-deflate; server_max_window_bits=8, permessage-deflate; client_no_context_takeover; "
                + "server_max_window_bits=\"10\"; client_max_window_bits"
        ]
        let agreement = DeflateAgreement.accepted(fromOffers: offers)
        #expect(
            agreement?.answer
                == "permessage-deflate; client_no_context_takeover; server_max_window_bits=10")
        #expect(DeflateAgreement.accepted(fromOffers: ["x-webkit-deflate-frame"]) == nil)
        #expect(DeflateAgreement.accepted(fromOffers: ["permessage-deflate; surprise=1"]) == nil)
    }

    @Test func anAnswerThatWasNotOfferedIsRefused() throws {
        #expect(throws: NetworkError.self) { try DeflateAgreement.agreed(inAnswer: ["permessage-bzip2"]) }
        #expect(throws: NetworkError.self) {
            try DeflateAgreement.agreed(inAnswer: ["permessage-deflate; client_max_window_bits=99"])
        }
        #expect(try DeflateAgreement.agreed(inAnswer: []) == nil)
        let answer = "permessage-deflate; server_no_context_takeover; client_max_window_bits=12"
        let agreement = try #require(try DeflateAgreement.agreed(inAnswer: [answer]))
        #expect(agreement.answer == answer)
    }

    @Test(arguments: [
        ("wss://api.upbit.com/websocket/v1", "api.upbit.com", 443, "/websocket/v1"),
        ("ws://127.0.0.1:9000", "127.0.0.1", 9_000, "/"),
        ("http://[::1]:80/a?b=c#d", "::1", 80, "/a?b=c"),
        ("HTTPS://example.org?x", "example.org", 443, "/?x"),
    ])
    func addressesAreRead(text: String, host: String, port: UInt16, target: String) throws {
        let address = try Address(text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.target == target)
    }

    @Test(arguments: [
        "api.upbit.com", "ftp://a/", "ws://", "ws://a:0/", "ws://a:99999/", "ws://a:b/", "ws://u:p@a/",
        "ws://a/b c", "ws://a/\r\nX: y", "ws://한글/", "ws://[::1/",
    ])
    func addressesThatCannotBeUsedAreRefused(text: String) {
        #expect(throws: NetworkError.self) { try Address(text) }
    }

    @Test func anAddressShownNeverTellsItsQuery() throws {
        #expect(try "\(Address("wss://a.example/path?token=secret"))" == "wss://a.example/path")
    }
}
