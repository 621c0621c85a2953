import CPostgres

/// How to reach a server, in libpq's own words, and how long things may take.
package struct ConnectionOptions: Sendable {
    /// libpq's keywords and values (`host`, `port`, `dbname`, `sslmode`, …).
    package private(set) var parameters: [String: String]
    /// How long a connection may take to come about, name resolution and TLS included.
    package var connectLimit: Duration = .seconds(10)
    /// How long a statement may take when its caller names no other limit.
    package var statementLimit: Duration = .seconds(30)
    /// How long a cancelled statement may take to end before the connection is given up.
    package var recoveryLimit: Duration = .seconds(2)
    /// The bytes that a query's result may hold; more is an error (read it with COPY).
    package var resultBytesMax = 256 << 20

    /// Reads `postgresql://user:password@host:port/database?keyword=value`, or `host=… dbname=…`.
    package init(url: String) throws(DatabaseError) {
        try Self.refuseNul(url)
        var message: UnsafeMutablePointer<CChar>?
        guard let list = PQconninfoParse(url, &message) else {
            // libpq quotes what it could not read, and that could be a part of the password.
            if let message { PQfreemem(message) }
            throw DatabaseError(
                .options, "the database URL cannot be read",
                place: "a URL of \(url.utf8.count) characters, not shown since it may hold a password",
                remedy: "Write postgresql://user:password@host:port/database?sslmode=…, with special "
                    + "characters percent-encoded (@ is %40, / is %2F, : is %3A, % is %25), or host=… dbname=…"
            )
        }
        defer { PQconninfoFree(list) }
        var found: [String: String] = [:]
        var option = list
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { found[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        parameters = found
    }

    /// Takes libpq's keywords; an unknown one is refused with the known ones.
    package init(parameters: [String: String]) throws(DatabaseError) {
        let known = Self.knownKeywords()
        for (keyword, value) in parameters {
            guard known.contains(keyword) else {
                throw DatabaseError(
                    .options, "unknown connection keyword \"\(keyword)\"",
                    remedy: "libpq knows: \(known.sorted().joined(separator: ", "))")
            }
            try Self.refuseNul(value)
        }
        self.parameters = parameters
    }

    /// A copy with one keyword set.
    package func setting(_ keyword: String, to value: String) throws(DatabaseError) -> ConnectionOptions {
        var changed = parameters
        changed[keyword] = value
        var copy = self
        copy.parameters = try ConnectionOptions(parameters: changed).parameters
        return copy
    }

    /// Where this leads, without the password: for messages.
    package var place: String {
        let host = parameters["host"] ?? parameters["hostaddr"] ?? "the default socket"
        let port = parameters["port"] ?? "5432"
        let user = parameters["user"].map { "\($0)@" } ?? ""
        return "postgresql://\(user)\(host):\(port)/\(parameters["dbname"] ?? "")"
    }

    private static func refuseNul(_ text: String) throws(DatabaseError) {
        if text.utf8.contains(0) {
            throw DatabaseError(
                .options, "a connection option holds a NUL character", remedy: "Remove it")
        }
    }

    private static func knownKeywords() -> Set<String> {
        var known: Set<String> = []
        guard let list = PQconndefaults() else { return known }
        defer { PQconninfoFree(list) }
        var option = list
        while let keyword = option.pointee.keyword {
            known.insert(String(cString: keyword))
            option += 1
        }
        return known
    }
}
