/// Finds the word that somebody probably meant.
enum Spelling {
    /// The known word nearest to `word`, when it is near enough to be a slip.
    static func closest(to word: String, among known: some Sequence<String>) -> String? {
        // Two letters in the wrong order are two changes.
        let limit = word.count < 4 ? 1 : max(2, word.count / 3)
        let near = known.map { (word: $0, distance: distance(word, $0)) }.filter { $0.distance <= limit }
        return near.min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
    }

    /// A remedy for an unknown word: the near one, else all of them.
    static func remedy(for word: String, among known: some Sequence<String>) -> String {
        if let near = closest(to: word, among: known) { return "Did you mean \(near)?" }
        return "Known: \(known.sorted().joined(separator: ", "))."
    }

    /// Insertions, deletions and replacements from one word to the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (other, candidate) in right.enumerated() {
                let replaced = diagonal + (character == candidate ? 0 : 1)
                diagonal = row[other + 1]
                row[other + 1] = min(replaced, row[other] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
