/// A difference between the schema that the migrations left and the live one.
package struct Drift: Sendable, Hashable, Comparable, CustomStringConvertible {
    package enum Change: String, Sendable {
        case missing
        case added
        case changed
    }

    package var object: SchemaObject
    package var change: Change
    /// The live definition of something changed.
    package var live: String?

    package static func < (left: Drift, right: Drift) -> Bool { left.object < right.object }

    package var description: String {
        switch change {
        case .missing: "\(object.kind) \(object.name) is missing"
        case .added: "\(object.kind) \(object.name) was not made by a migration"
        case .changed: "\(object.kind) \(object.name) is `\(live ?? "")`, was `\(object.definition)`"
        }
    }

    /// Compares what a migration left with what is there. No connection.
    package static func between(recorded: [SchemaObject], live: [SchemaObject]) -> [Drift] {
        struct Key: Hashable {
            var kind: String
            var name: String
        }
        var left: [Key: SchemaObject] = [:]
        for object in live { left[Key(kind: object.kind, name: object.name)] = object }
        var drifts: [Drift] = []
        for object in recorded {
            switch left.removeValue(forKey: Key(kind: object.kind, name: object.name)) {
            case nil:
                drifts.append(Drift(object: object, change: .missing))
            case .some(let found) where found.definition != object.definition:
                drifts.append(Drift(object: object, change: .changed, live: found.definition))
            default:
                break
            }
        }
        drifts += left.values.map { Drift(object: $0, change: .added) }
        return drifts.sorted()
    }
}
