/// One group of things that the doctor looks at. What it throws becomes a finding.
package protocol DoctorCheck: Sendable {
    var name: String { get }
    func findings(_ patient: Patient) async throws -> [Finding]
}

extension DoctorCheck {
    func ok(_ what: String) -> Finding { Finding(.ok, name, what) }
    func note(_ what: String, remedy: String? = nil) -> Finding { Finding(.note, name, what, remedy: remedy) }
    func warning(_ what: String, remedy: String) -> Finding { Finding(.warning, name, what, remedy: remedy) }
    func error(_ what: String, remedy: String) -> Finding { Finding(.error, name, what, remedy: remedy) }
}
