import Market

/// Reads the messages that are no market data. They are rare, so they may allocate.
enum ServiceReader {
    static let textBytesMax = 4_096
    /// Entries, and codes of an entry, in a list of subscriptions.
    static let listMax = 10_000

    static func status(_ scanner: inout JSONScanner) throws(JSONFault) -> String {
        var status: String?
        try eachField(&scanner) { (key, scanner) throws(JSONFault) in
            guard key == "status" else { return false }
            status = try scanner.string(bytesMax: 64)
            return true
        }
        guard let status else { throw .missingField }
        return status
    }

    /// `{"error":{"name":…,"message":…}}` where the name is a string or a number.
    static func refusal(_ scanner: inout JSONScanner) throws(JSONFault) -> RefusalMessage {
        var refusal: RefusalMessage?
        try eachField(&scanner) { (key, scanner) throws(JSONFault) in
            guard key == "error" else { return false }
            refusal = try refusalBody(&scanner)
            return true
        }
        guard let refusal else { throw .missingField }
        return refusal
    }

    private static func refusalBody(_ scanner: inout JSONScanner) throws(JSONFault) -> RefusalMessage {
        try scanner.openObject()
        var name: String?
        var message = ""
        try eachField(&scanner) { (key, scanner) throws(JSONFault) in
            switch key {
            case "name":
                let isText = try scanner.peek() == 0x22
                name = isText ? try scanner.string(bytesMax: textBytesMax) : String(try scanner.integer())
            case "message":
                if try !scanner.skipNull() { message = try scanner.string(bytesMax: textBytesMax) }
            default: return false
            }
            return true
        }
        guard let name else { throw .missingField }
        return RefusalMessage(name: name, message: message)
    }

    static func subscriptions(_ scanner: inout JSONScanner) throws(JSONFault) -> SubscriptionsMessage {
        var answer = SubscriptionsMessage(ticket: nil, entries: [])
        var hasResult = false
        try eachField(&scanner) { (key, scanner) throws(JSONFault) in
            switch key {
            case "method", "mthd":
                try scanner.word(ShortText("LIST_SUBSCRIPTIONS" as StaticString))
            case "ticket", "tckt":
                answer.ticket = try scanner.skipNull() ? nil : scanner.string(bytesMax: textBytesMax)
            case "result", "rslt":
                hasResult = true
                answer.entries = try scanner.list(countMax: listMax) { (scanner) throws(JSONFault) in
                    try entry(&scanner)
                }
            default: return false
            }
            return true
        }
        guard hasResult else { throw .missingField }
        return answer
    }

    private static func entry(_ scanner: inout JSONScanner) throws(JSONFault) -> SubscriptionEntry {
        try scanner.openObject()
        var type: String?
        var entry = SubscriptionEntry(type: "", codes: [])
        try eachField(&scanner) { (key, scanner) throws(JSONFault) in
            switch key {
            case "type", "ty": type = try scanner.string(bytesMax: 64)
            case "codes", "cds":
                if try scanner.skipNull() { break }
                entry.codes = try scanner.list(countMax: listMax) { (scanner) throws(JSONFault) in
                    try scanner.string(bytesMax: 64)
                }
            case "level", "lv": entry.level = try scanner.optionalAmount()?.description
            default: return false
            }
            return true
        }
        guard let type else { throw .missingField }
        entry.type = type
        return entry
    }

    /// Calls `read` for each field of the object whose bracket has been passed; fields that it does not
    /// take are skipped. A key that it takes must not come twice.
    static func eachField(
        _ scanner: inout JSONScanner,
        _ read: (String, inout JSONScanner) throws(JSONFault) -> Bool
    ) throws(JSONFault) {
        if try scanner.isEmpty(closing: 0x7D) { return }
        var seen: [String] = []
        repeat {
            guard try scanner.peek() == 0x22 else { throw .syntax }
            let start = scanner.position
            let key = try scanner.shortText()
            try scanner.skipColon()
            let name = key.count > ShortText.bytesMax ? "" : key.string
            if seen.contains(name) {
                scanner.position = start
                throw .duplicateField
            }
            if try read(name, &scanner) { seen.append(name) } else { try scanner.skipValue() }
        } while try scanner.hasNext(closing: 0x7D)
    }
}

extension JSONScanner {
    mutating func openObject() throws(JSONFault) {
        guard try peek() == 0x7B else { throw wrongTypeOrSyntax() }
        position += 1
    }

    /// A list of up to `countMax` elements.
    mutating func list<Element>(
        countMax: Int, _ read: (inout JSONScanner) throws(JSONFault) -> Element
    ) throws(JSONFault) -> [Element] {
        guard try peek() == 0x5B else { throw wrongTypeOrSyntax() }
        position += 1
        var elements: [Element] = []
        if try isEmpty(closing: 0x5D) { return elements }
        repeat {
            guard elements.count < countMax else { throw .tooLong }
            elements.append(try read(&self))
        } while try hasNext(closing: 0x5D)
        return elements
    }
}
