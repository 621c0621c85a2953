import Diagnostics
import Testing

@Suite struct ExplainedErrorTests {
    private struct Refusal: ExplainedError {
        var what: String
        var place: String?
        var remedy: String?
    }

    @Test func describesWhatWhereAndWhatToDo() {
        let refusal = Refusal(
            what: "unknown key \"datbase\"", place: "config/yeoul.yaml:3",
            remedy: "Did you mean \"database\"?")
        #expect(
            "\(refusal)"
                == "unknown key \"datbase\" (config/yeoul.yaml:3). Did you mean \"database\"?")
    }

    @Test func leavesOutWhatIsNotKnown() {
        #expect("\(Refusal(what: "it broke"))" == "it broke")
    }
}
