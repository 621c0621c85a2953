/// The settings by name, as the control endpoint and profiles write them.
enum FaultField {
    case share(WritableKeyPath<FaultSettings, Double>)
    case seconds(WritableKeyPath<FaultSettings, Double>)
    case milliseconds(WritableKeyPath<FaultSettings, Int64>, ClosedRange<Int64>)
    case status(WritableKeyPath<FaultSettings, Int>)
    case flag(WritableKeyPath<FaultSettings, Bool>)
    case ending

    private static let minuteMilliseconds: Int64 = 60_000
    private static let dayMilliseconds: Int64 = 86_400_000

    static var all: [(name: String, field: FaultField)] {
        [
            ("duplicate_share", .share(\.duplicateShare)),
            ("reorder_share", .share(\.reorderShare)),
            ("drop_share", .share(\.dropShare)),
            ("lose_share", .share(\.loseShare)),
            ("corrupt_share", .share(\.corruptShare)),
            ("end_every_seconds", .seconds(\.endEverySeconds)),
            ("ending", .ending),
            ("stall_every_seconds", .seconds(\.stallEverySeconds)),
            ("stall_milliseconds", .milliseconds(\.stallMilliseconds, 0...minuteMilliseconds)),
            ("refuses_connects", .flag(\.refusesConnects)),
            ("upgrade_status", .status(\.upgradeStatus)),
            ("rest_delay_milliseconds", .milliseconds(\.restDelayMilliseconds, 0...minuteMilliseconds)),
            ("rest_fail_share", .share(\.restFailShare)),
            ("rest_fail_status", .status(\.restFailStatus)),
            ("rest_hang_share", .share(\.restHangShare)),
            ("rest_banned", .flag(\.restBanned)),
            (
                "clock_skew_milliseconds",
                .milliseconds(\.clockSkewMilliseconds, -dayMilliseconds...dayMilliseconds)
            ),
            ("maintenance", .flag(\.maintenance)),
        ]
    }

    /// Nil when the value is not one of this field.
    func set(_ value: JSONValue, in settings: inout FaultSettings) -> String? {
        switch (self, value) {
        case (.share(let path), .number(let number)):
            guard (0...1).contains(number) else { return "a number from 0 to 1" }
            settings[keyPath: path] = number
        case (.share, _): return "a number from 0 to 1"
        case (.seconds(let path), .number(let number)):
            guard (0...86_400).contains(number) else { return "seconds from 0 to 86400" }
            settings[keyPath: path] = number
        case (.seconds, _): return "seconds from 0 to 86400"
        case (.milliseconds(let path, let range), .number(let number)):
            guard let whole = Int64(exactly: number), range.contains(whole) else {
                return "whole milliseconds from \(range.lowerBound) to \(range.upperBound)"
            }
            settings[keyPath: path] = whole
        case (.milliseconds(_, let range), _):
            return "whole milliseconds from \(range.lowerBound) to \(range.upperBound)"
        case (.status(let path), .number(let number)):
            guard let whole = Int(exactly: number), whole == 0 || (400...599).contains(whole) else {
                return "a status from 400 to 599, or 0"
            }
            settings[keyPath: path] = whole
        case (.status, _): return "a status from 400 to 599, or 0"
        case (.flag(let path), .bool(let flag)): settings[keyPath: path] = flag
        case (.flag, _): return "true or false"
        case (.ending, .string(let name)):
            guard let ending = FaultSettings.Ending(rawValue: name) else { return Self.endings }
            settings.ending = ending
        case (.ending, _): return Self.endings
        }
        return nil
    }

    private static let endings =
        "one of " + FaultSettings.Ending.allCases.map(\.rawValue).joined(separator: ", ")

    func json(of settings: FaultSettings) -> String {
        switch self {
        case .share(let path), .seconds(let path): "\(settings[keyPath: path])"
        case .milliseconds(let path, _): "\(settings[keyPath: path])"
        case .status(let path): "\(settings[keyPath: path])"
        case .flag(let path): "\(settings[keyPath: path])"
        case .ending: "\"\(settings.ending.rawValue)\""
        }
    }
}

extension FaultSettings {
    /// Changes the fields that `members` name; nothing changes when one of them is wrong.
    package mutating func merge(_ members: [String: JSONValue]) throws(ExchangeError) {
        var changed = self
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let field = FaultField.all.first(where: { $0.name == name })?.field else {
                let names = FaultField.all.map(\.name).joined(separator: ", ")
                throw ExchangeError(
                    .badSetting, "there is no fault named \(name)", at: "faults",
                    remedy: "There are: \(names).")
            }
            if let wanted = field.set(value, in: &changed) {
                throw ExchangeError(
                    .badSetting, "\(name) has a wrong value", at: "faults", remedy: "Give \(wanted).")
            }
        }
        self = changed
    }

    /// All fields, in a fixed order.
    package var json: String {
        let fields = FaultField.all.map { "\"\($0.name)\":\($0.field.json(of: self))" }
        return "{" + fields.joined(separator: ",") + "}"
    }
}
