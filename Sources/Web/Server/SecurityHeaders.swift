import Network

/// What every answer says to a browser: nothing from elsewhere, no frames, no guessing of types. No answer
/// allows another site to read it (there is no CORS header).
enum SecurityHeaders {
    static let fields: [(String, String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
                + "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]

    static func add(to response: inout HTTPResponse) {
        for (name, value) in fields { response.headers.set(name, value) }
        if response.headers["Cache-Control"] == nil { response.headers.add("Cache-Control", "no-store") }
    }
}
