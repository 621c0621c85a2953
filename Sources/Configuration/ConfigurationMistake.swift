import YAML

/// One thing wrong with the configuration.
package struct ConfigurationMistake: Sendable, Equatable {
    package let what: String
    package let place: String
    package let remedy: String?

    package init(_ what: String, place: String, remedy: String? = nil) {
        self.what = what
        self.place = place
        self.remedy = remedy
    }

    init(_ error: YAMLError) {
        self.init(error.what, place: error.place ?? error.file, remedy: error.remedy)
    }
}
