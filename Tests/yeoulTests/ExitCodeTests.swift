import Configuration
import Database
import Exchange
import Market
import Network
import Quotation
import Storage
import Testing
import Upbit
import Web
import YAML
import yeoul

@Suite struct ExitCodeTests {
    @Test func eachModulesErrorHasItsCode() {
        let cases: [(any Error, ExitCode)] = [
            (UsageError("x", path: []), .usage),
            (ConfigurationError([]), .configuration),
            (YAMLError(.syntax, "x", file: "f"), .configuration),
            (DatabaseError(.timeout, "x"), .database),
            (ClusterError(.absent, "x"), .database),
            (StorageError(.busy, "x"), .database),
            (UpbitError(.badRequest, "x"), .exchange),
            (MarketError(.badSymbol, "x"), .exchange),
            (ExchangeError(.badSetting, "x"), .usage), (ExchangeError(.badLedger, "x"), .failed),
            (QuotationError(.stopped, "x"), .exchange), (QuotationError(.budgetUnusable, "x"), .failed),
            (NetworkError(.refused, "x"), .network),
            (WebError(.unprotected, "x"), .configuration),
            (WebError(.page, "x"), .configuration),
            (ProgramError("x"), .failed),
            (CancellationError(), .failed),
        ]
        for (error, code) in cases { #expect(ExitCode(for: error) == code) }
    }

    @Test func anErrorReportHidesSecretsAndEscapes() {
        let error = ProgramError(
            "no answer from postgresql://a:tops3cret@h\u{1B}[2J", place: "x", remedy: "try")
        let text = ErrorReport.text(error, colours: false)
        #expect(text == "error: no answer from postgresql://a:***@h\\u{1b}[2J\n   at: x\n   do: try\n")
        #expect(ErrorReport.text(error, colours: true).hasPrefix("\u{1B}[31merror:\u{1B}[0m "))
    }

    @Test func manyMistakesAreCounted() {
        let mistakes = (0..<60).map { ConfigurationMistake("m\($0)", place: "p") }
        let text = ErrorReport.text(ConfigurationError(mistakes), colours: false)
        #expect(text.contains("error: m49\n"))
        #expect(!text.contains("m50"))
        #expect(text.hasSuffix("and 10 more mistakes\n"))
    }
}
