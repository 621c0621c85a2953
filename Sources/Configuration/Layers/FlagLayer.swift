/// The settings of the command line, in the order typed.
struct FlagLayer {
    private(set) var assignments: [Assignment] = []
    private(set) var mistakes: [ConfigurationMistake] = []

    init(_ flags: [FlagAssignment], table: [Setting]) {
        for flag in flags {
            if table.contains(where: { $0.key == flag.key }) {
                assignments.append(
                    Assignment(key: flag.key, content: .text(flag.value), source: .flag(flag.flag)))
            } else {
                mistakes.append(
                    ConfigurationMistake(
                        "unknown key \"\(flag.key)\"", place: "flag \(flag.flag)",
                        remedy: UnknownKey.remedy(for: flag.key, table: table)))
            }
        }
    }
}
