/// A version such as 2.28.3; what follows a hyphen does not count.
package struct ExtensionVersion: Sendable, Comparable, CustomStringConvertible {
    package let parts: [Int]

    package init?(_ text: String) {
        let numbers = text.split(separator: "-", maxSplits: 1).first.map { $0.split(separator: ".") } ?? []
        let parts = numbers.compactMap { Int($0) }
        guard !parts.isEmpty, parts.count == numbers.count else { return nil }
        self.parts = parts
    }

    package init(_ parts: Int...) { self.parts = parts }

    package static func < (left: ExtensionVersion, right: ExtensionVersion) -> Bool {
        for index in 0..<max(left.parts.count, right.parts.count) {
            let ours = index < left.parts.count ? left.parts[index] : 0
            let theirs = index < right.parts.count ? right.parts[index] : 0
            if ours != theirs { return ours < theirs }
        }
        return false
    }

    package static func == (left: ExtensionVersion, right: ExtensionVersion) -> Bool {
        !(left < right) && !(right < left)
    }

    package var description: String { parts.map(String.init).joined(separator: ".") }
}
