import Market

/// One object of a client's request, as it is written.
struct ClientRequestElement {
    var ticket: String?
    var type: String?
    var codes: [String]?
    var level: Decimal8?
    var flags: [String: Bool] = [:]
    var format: String?
    var method: String?

    static func read(_ scanner: inout JSONScanner) throws(JSONFault) -> ClientRequestElement {
        try scanner.openObject()
        var element = ClientRequestElement()
        try ServiceReader.eachField(&scanner) { (key, scanner) throws(JSONFault) in
            switch key {
            case "ticket": element.ticket = try scanner.string(bytesMax: ServiceReader.textBytesMax)
            case "type": element.type = try scanner.string(bytesMax: 64)
            case "codes":
                element.codes = try scanner.list(countMax: ServiceReader.listMax) {
                    (scanner) throws(JSONFault) in
                    try scanner.string(bytesMax: 64)
                }
            case "level": element.level = try scanner.optionalAmount()
            case "is_only_snapshot", "is_only_realtime", "isOnlySnapshot", "isOnlyRealtime":
                element.flags[key] = try scanner.bool()
            case "format": element.format = try scanner.string(bytesMax: 64)
            case "method": element.method = try scanner.string(bytesMax: 64)
            default: return false
            }
            return true
        }
        return element
    }

    /// Codes of one depth form one subscription. Codes that are no market codes are met with silence.
    func subscriptions(_ channel: Channel, _ codes: [String], _ questions: OpenQuestions) -> [Subscription] {
        var subscriptions: [Subscription] = []
        for code in codes {
            let text = questions.acceptsLowerCaseCodes ? code.uppercased() : code
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard let symbol = parts.first.flatMap({ try? Symbol(String($0)) }) else { continue }
            // Other depths than the documented ones are taken for 30.
            let depth: Int? =
                parts.count == 2 && channel == .orderBook
                ? Int(parts[1]).flatMap { Subscription.depths.contains($0) ? $0 : nil } ?? 30 : nil
            if let index = subscriptions.firstIndex(where: { $0.depth == depth }) {
                subscriptions[index].symbols.append(symbol)
            } else {
                subscriptions.append(
                    Subscription(
                        channel, symbols: [symbol], delivery: delivery(questions), depth: depth,
                        level: channel == .orderBook ? level : nil))
            }
        }
        return subscriptions
    }

    private func delivery(_ questions: OpenQuestions) -> Subscription.Delivery {
        func isSet(_ name: String, _ camelCase: String) -> Bool {
            flags[name] == true || (questions.acceptsCamelCaseFlags && flags[camelCase] == true)
        }
        // Both at once: the snapshot wins, and nothing follows it.
        if isSet("is_only_snapshot", "isOnlySnapshot") { return .snapshotOnly }
        return isSet("is_only_realtime", "isOnlyRealtime") ? .realtimeOnly : .snapshotAndRealtime
    }
}
