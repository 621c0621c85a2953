/// What reading a whole journal and comparing every checksum has found.
package struct VerificationReport: Sendable, Equatable {
    package var segments = 0
    package var unsealed = 0
    package var frames = 0
    package var fileBytes = 0
    package var rawBytes = 0
    package var damages: [DamagePlace] = []
    /// Frames that should be there and are not.
    package var holes: [JournalHole] = []
    /// The end of the newest segment, when it is being written or was torn.
    package var unfinished: DamagePlace?
    /// Segments whose headers or indexes do not agree with what they hold.
    package var disagreements: [String] = []

    package var isSound: Bool { damages.isEmpty && holes.isEmpty && disagreements.isEmpty }
}
