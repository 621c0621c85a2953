/// The profiles that the program brings with it.
package enum RetentionProfiles {
    package static let standardName = "default"

    package static var names: [String] {
        EmbeddedFiles.all.compactMap { name(of: $0.path.description) }.sorted()
    }

    package static func named(_ wanted: String) throws(StorageError) -> RetentionProfile {
        guard let file = EmbeddedFiles.all.first(where: { name(of: $0.path.description) == wanted }) else {
            throw StorageError(
                .policy, "there is no retention profile \"\(wanted)\"",
                remedy: Spelling.remedy(for: wanted, among: names)
                    + " A profile of your own is read with --file.")
        }
        return try RetentionReader.profile(
            parsing: Array(file.text.description.utf8), file: file.path.description)
    }

    private static func name(of path: String) -> String? {
        guard path.hasPrefix("retention/"), path.hasSuffix(".yaml") else { return nil }
        return String(path.dropFirst("retention/".count).dropLast(".yaml".count))
    }
}
