/// Finds what somebody probably meant.
package enum Suggestion {
    /// Longer words are not compared: a mistyped name is short, and the work grows with the square.
    private static let bytesMax = 64

    /// The candidate nearest to `word`, when near enough to be a slip of the fingers: one change for short
    /// words, up to a third of the letters for longer ones. The earlier candidate wins a tie.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let typed = Array(word.lowercased().utf8)
        guard !typed.isEmpty, typed.count <= bytesMax else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let name = Array(candidate.lowercased().utf8)
            guard name.count <= bytesMax else { continue }
            let distance = distance(typed, name)
            guard distance <= max(1, max(typed.count, name.count) / 3) else { continue }
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// How many letters must be changed, added, removed or swapped with their neighbour.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var older: [Int] = []
        var previous = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for (column, other) in right.enumerated() {
                var cost = min(previous[column + 1] + 1, current[column] + 1)
                cost = min(cost, previous[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, older[column - 1] + 1)
                }
                current.append(cost)
            }
            older = previous
            previous = current
        }
        return previous[right.count]
    }
}
