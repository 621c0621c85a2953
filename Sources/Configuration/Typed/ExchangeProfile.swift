/// The exchange to capture.
package enum ExchangeProfile: String, Sendable, CaseIterable {
    case upbit
    case upbitSingapore = "upbit-sg"
    case upbitIndonesia = "upbit-id"
    case upbitThailand = "upbit-th"
    case bithumb
    case builtIn = "built-in"
}
