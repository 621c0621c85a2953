/// The shapes of the API's answers, for `/openapi.json`.
enum Schemas {
    static let time: JSONValue = ["type": "string", "format": "date-time"]
    static let optionalTime: JSONValue = ["type": "string", "format": "date-time", "nullable": true]
    static let number: JSONValue = ["type": "number"]
    static let optionalNumber: JSONValue = ["type": "number", "nullable": true]
    static let integer: JSONValue = ["type": "integer"]
    static let optionalInteger: JSONValue = ["type": "integer", "nullable": true]
    static let text: JSONValue = ["type": "string"]
    static let optionalText: JSONValue = ["type": "string", "nullable": true]
    static let boolean: JSONValue = ["type": "boolean"]

    static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    /// An object that has all of these members.
    static func object(_ members: [(String, JSONValue)], isOptional: Bool = false) -> JSONValue {
        var parts: [(String, JSONValue)] = [
            ("type", "object"), ("required", .array(members.map { .text($0.0) })),
            ("properties", .object(members)),
        ]
        if isOptional { parts.append(("nullable", true)) }
        return .object(parts)
    }

    static let candle = object([
        ("time", time), ("open", number), ("high", number), ("low", number), ("close", number),
        ("volume", number), ("value", number), ("vwap", optionalNumber), ("trades", optionalInteger),
        ("buy_volume", optionalNumber), ("sell_volume", optionalNumber), ("source", optionalText),
        ("complete", boolean), ("revision", integer), ("filled", boolean), ("closed", boolean),
    ])

    static let orderBook = object([
        ("symbol", text), ("time", time), ("received_at", time), ("spread", optionalNumber),
        ("mid_price", optionalNumber), ("bid_volume", number), ("ask_volume", number),
        ("bids", list(list(number))), ("asks", list(list(number))),
    ])

    static let market = object([
        ("symbol", text), ("quote", text), ("base", text), ("korean_name", optionalText),
        ("english_name", optionalText), ("state", text), ("warning", boolean), ("price", optionalNumber),
        ("price_at", optionalTime), ("previous_close", optionalNumber), ("value_24h", optionalNumber),
        ("sparkline", list(number)),
    ])

    static let gap = object([
        ("symbol", text), ("channel", text), ("from_time", time), ("to_time", time), ("reason", text),
        ("status", text), ("trades_filled", integer), ("created_at", time), ("updated_at", time),
    ])

    static let reconciliation = object([
        ("symbol", text), ("method", text), ("from_time", time), ("to_time", time), ("status", text),
        ("our_volume", number), ("exchange_volume", number), ("our_value", number),
        ("exchange_value", number), ("attempts", integer), ("checked_at", time),
    ])

    static let health = object([
        ("live", boolean), ("ready", boolean), ("reasons", list(text)),
    ])

    static let status = object([
        ("time", time), ("exchange", text), ("simulated", boolean), ("engine", text),
        ("schema_version", integer), ("freshness", ["type": "string", "enum": ["live", "stale", "empty"]]),
        ("newest_trade_at", optionalTime), ("newest_trade_age_seconds", optionalNumber),
        ("trades_per_second", number), ("latency_p50_milliseconds", optionalNumber),
        ("latency_p99_milliseconds", optionalNumber), ("markets", integer), ("open_gaps", integer),
        ("unfillable_gaps", integer), ("open_repairs", integer),
        ("proof", list(["type": "object"])), ("journal_committed_at", optionalTime),
        ("roles", list(["type": "object"])), ("local_roles", list(["type": "object"])),
        ("sizes", ["type": "object", "nullable": true]),
    ])
}
