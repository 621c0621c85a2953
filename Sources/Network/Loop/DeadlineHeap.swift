/// The deadlines of a loop's members, the nearest first. Pure.
///
/// Each member stands in it at most once, so it is as large as the number of members.
package struct DeadlineHeap<Key: Hashable> {
    private struct Entry {
        let deadline: Int64
        let key: Key
    }

    private var entries: [Entry] = []
    private var positions: [Key: Int] = [:]

    package init() {}

    package var count: Int { entries.count }
    package var nearest: Int64? { entries.first?.deadline }

    /// Sets, moves or (with nil) removes the deadline of `key`.
    package mutating func set(_ deadline: Int64?, for key: Key) {
        if let position = positions[key] {
            remove(at: position)
        }
        guard let deadline else { return }
        entries.append(Entry(deadline: deadline, key: key))
        positions[key] = entries.count - 1
        rise(from: entries.count - 1)
    }

    /// Takes one key out whose deadline has come.
    package mutating func popDue(at now: Int64) -> Key? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        remove(at: 0)
        return first.key
    }

    private mutating func remove(at position: Int) {
        let last = entries.count - 1
        positions[entries[position].key] = nil
        if position != last {
            entries[position] = entries[last]
            positions[entries[position].key] = position
        }
        entries.removeLast()
        if position < entries.count {
            rise(from: position)
            sink(from: position)
        }
    }

    private mutating func rise(from start: Int) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard entries[position].deadline < entries[parent].deadline else { return }
            swap(position, parent)
            position = parent
        }
    }

    private mutating func sink(from start: Int) {
        var position = start
        while true {
            var smallest = position
            for child in [2 * position + 1, 2 * position + 2] where child < entries.count {
                if entries[child].deadline < entries[smallest].deadline { smallest = child }
            }
            guard smallest != position else { return }
            swap(position, smallest)
            position = smallest
        }
    }

    private mutating func swap(_ left: Int, _ right: Int) {
        entries.swapAt(left, right)
        positions[entries[left].key] = left
        positions[entries[right].key] = right
    }
}
