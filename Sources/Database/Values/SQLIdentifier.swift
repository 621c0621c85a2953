/// Quotes a name for use in SQL, as PostgreSQL's own `quote_ident` with force: nothing inside can end it.
/// Only names go this way; values are always parameters.
package func quotedIdentifier(_ name: String) throws(DatabaseError) -> String {
    guard !name.isEmpty, !name.utf8.contains(0) else {
        throw DatabaseError(
            .encoding, name.isEmpty ? "a name in SQL is empty" : "a name in SQL holds a NUL character",
            remedy: "Correct the name")
    }
    guard name.utf8.count <= identifierBytesMax else {
        throw DatabaseError(
            .encoding, "a name in SQL has \(name.utf8.count) bytes: \(name.prefix(24))…",
            remedy: "PostgreSQL cuts names after \(identifierBytesMax) bytes: choose a shorter one")
    }
    var quoted = "\""
    for scalar in name.unicodeScalars {
        if scalar == "\"" { quoted += "\"" }
        quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
}

/// Quotes `schema.table`, each part by itself.
package func quotedIdentifier(_ schema: String, _ name: String) throws(DatabaseError) -> String {
    try quotedIdentifier(schema) + "." + quotedIdentifier(name)
}

/// What PostgreSQL keeps of a name.
private let identifierBytesMax = 63
