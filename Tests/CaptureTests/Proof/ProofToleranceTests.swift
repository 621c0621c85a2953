import Capture
import Market
import Storage
import Testing

@Suite struct ProofToleranceTests {
    private func figures(_ volume: String, _ value: String) throws -> TradeFigures {
        TradeFigures(volume: try Decimal16(volume), value: try Decimal16(value))
    }

    @Test func halfAUnitOfThePrintedDigitsIsEqual() throws {
        // Four decimals are printed: half a unit is 0.00005; the double's two ulps are far less.
        let tolerance = ProofTolerance(try figures("1.5", "9999.1234"), quote: "KRW")
        #expect(tolerance.covers(try figures("0", "0.00005")))
        #expect(!tolerance.covers(try figures("0", "0.000051")))
    }

    @Test func twoUlpsOfALargeDoubleAreEqual() throws {
        // Between 2³⁶ and 2³⁷ a double's ulp is 2⁻¹⁶ = 0.0000152587890625.
        let tolerance = ProofTolerance(try figures("1", "104890599315.22821"), quote: "KRW")
        #expect(tolerance.covers(try figures("0", "0.000030517578125")))
        #expect(!tolerance.covers(try figures("0", "0.0000306")))
    }

    @Test func aZeroAtTheEndThatIsNotPrintedHidesNoTrade() throws {
        let tolerance = ProofTolerance(try figures("5", "350000"), quote: "KRW")
        #expect(!tolerance.covers(try figures("0.00000001", "0")), "the smallest volume")
        #expect(!tolerance.covers(try figures("0", "0.01")))
        #expect(!ProofTolerance(try figures("5", "0.5"), quote: "BTC").covers(try figures("0", "0.00000001")))
    }

    @Test func tolerancesOfTwoFiguresAdd() throws {
        let one = ProofTolerance(try figures("1", "0.1234"), quote: "KRW")
        #expect((one + one).covers(try figures("0", "0.0001")))
        #expect(!one.covers(try figures("0", "0.0001")))
    }
}
