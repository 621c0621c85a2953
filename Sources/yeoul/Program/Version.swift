import CBuildInformation

/// Which program this is.
package enum Version {
    package static let number = "0.1.0"

    package static var commit: String { String(cString: yeoul_build_commit()) }

    package static var text: String { "yeoul \(number) (\(commit))" }
}
