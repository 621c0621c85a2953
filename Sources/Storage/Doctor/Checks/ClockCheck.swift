import CLinux
import Database
import Market

/// Whether this machine's clock is kept right, and agrees with the server's.
struct ClockCheck: DoctorCheck {
    static let differenceMillisecondsMax: Int64 = 1_000
    static let errorMicrosecondsMax = 1_000_000

    let name = "clock"

    func findings(_ patient: Patient) async throws -> [Finding] {
        var state = timex()
        let answer = adjtimex(&state)
        var findings = [
            Self.kernel(
                answer: Int(answer), isUnsynchronised: state.status & STA_UNSYNC != 0,
                errorMicroseconds: Int(state.maxerror))
        ]
        let before = patient.now()
        let server = try await Upkeep.time(nil, patient.connection)
        let after = patient.now()
        // The server read its clock between our two.
        let early = before.milliseconds - server.milliseconds
        let late = server.milliseconds - after.milliseconds
        let difference = max(0, early, late)
        if difference > Self.differenceMillisecondsMax {
            findings.append(
                warning(
                    "this machine's clock and the database server's differ by \(difference) ms",
                    remedy: "Have both follow NTP; retention and leases go by the server's clock."))
        } else {
            findings.append(
                ok(
                    "it agrees with the database server's within \(max(0, difference) + after.milliseconds - before.milliseconds) ms"
                ))
        }
        return findings
    }

    /// What the kernel says about the clock.
    static func kernel(answer: Int, isUnsynchronised: Bool, errorMicroseconds: Int) -> Finding {
        let check = ClockCheck()
        if answer < 0 { return check.note("the kernel does not tell whether the clock is synchronised") }
        if isUnsynchronised || answer == Int(TIME_ERROR) {
            return check.warning(
                "nobody keeps this machine's clock right (the kernel counts it as unsynchronised)",
                remedy: "Run an NTP client, such as systemd-timesyncd or chrony; in a container, on its host."
            )
        }
        if errorMicroseconds > errorMicrosecondsMax {
            return check.warning(
                "this machine's clock may be wrong by \(errorMicroseconds / 1_000) ms",
                remedy: "Check the NTP client's servers.")
        }
        return check.ok("synchronised, wrong by at most \(errorMicroseconds / 1_000) ms")
    }
}
