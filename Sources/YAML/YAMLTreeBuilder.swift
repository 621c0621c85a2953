/// Builds the tree from events. Recursion is bounded by `depthMax`.
struct YAMLTreeBuilder {
    private let events: YAMLEvents
    private let file: String
    private let limits: YAMLLimits
    private var nodes = 0

    init(events: YAMLEvents, file: String, limits: YAMLLimits) {
        self.events = events
        self.file = file
        self.limits = limits
    }

    mutating func build() throws(YAMLError) -> YAMLNode {
        var root: YAMLNode?
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamStart, .documentEnd:
                continue
            case .streamEnd:
                return root ?? YAMLNode(.scalar(YAMLScalar("")), position: event.position)
            case .documentStart:
                guard root == nil else {
                    throw unsupported(
                        "a second document begins here", event,
                        remedy: "Keep one document a file; remove the line ---.")
                }
                root = try node(from: events.next(), depth: 1)
            default:
                throw unsupported("a node stands outside the document", event, remedy: nil)
            }
        }
    }

    private mutating func node(from event: YAMLEvent, depth: Int) throws(YAMLError) -> YAMLNode {
        try check(event, depth: depth)
        switch event.kind {
        case .scalar(let scalar):
            return YAMLNode(.scalar(scalar), position: event.position)
        case .mappingStart:
            return YAMLNode(.mapping(try entries(depth: depth)), position: event.position)
        case .sequenceStart:
            return YAMLNode(.sequence(try elements(depth: depth)), position: event.position)
        case .alias(let name):
            throw unsupported(
                "the alias *\(name)" + " is not read here", event, remedy: "Write the value out.")
        default:
            throw unsupported("a value was expected", event, remedy: nil)
        }
    }

    private mutating func check(_ event: YAMLEvent, depth: Int) throws(YAMLError) {
        if let anchor = event.anchor {
            throw unsupported(
                "the anchor &\(anchor)" + " is not read here", event,
                remedy: "Write the value out where it is used.")
        }
        if let tag = event.tag {
            throw unsupported("the tag \(tag) is not read here", event, remedy: "Remove the tag.")
        }
        nodes += 1
        if nodes > limits.nodesMax {
            throw YAMLError(
                .limit, "more than \(limits.nodesMax) values", file: file, position: event.position,
                remedy: "Check that this is the file you meant.")
        }
        if depth > limits.depthMax {
            throw YAMLError(
                .limit, "nested deeper than \(limits.depthMax) levels", file: file, position: event.position,
                remedy: "Check brackets and indentation.")
        }
    }

    private mutating func entries(depth: Int) throws(YAMLError) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var firstLines: [String: Int] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return entries }
            let keyNode = try node(from: event, depth: depth + 1)
            guard let key = keyNode.scalar?.text else {
                throw unsupported(
                    "a key must be a single word, not \(keyNode.kind)", event,
                    remedy: "Write \"key: value\".")
            }
            if let line = firstLines[key] {
                throw YAMLError(
                    .duplicateKey, "the key \"\(key)\" stands twice, first in line \(line)", file: file,
                    position: event.position, remedy: "Keep one of the two.")
            }
            firstLines[key] = event.position.line
            let value = try node(from: events.next(), depth: depth + 1)
            entries.append(YAMLEntry(key: key, keyPosition: keyNode.position, value: value))
        }
    }

    private mutating func elements(depth: Int) throws(YAMLError) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return elements }
            elements.append(try node(from: event, depth: depth + 1))
        }
    }

    private func unsupported(_ what: String, _ event: YAMLEvent, remedy: String?) -> YAMLError {
        YAMLError(.unsupported, what, file: file, position: event.position, remedy: remedy)
    }
}
