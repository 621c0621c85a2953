import Configuration
import Diagnostics

extension ResolvedConfiguration {
    /// What commands that are shown need to find the data folder; empty when they find it by themselves.
    var folderFlag: String {
        guard let folder = settings.first(where: { $0.setting.key == "data.folder" }),
            case .flag = folder.source, case .text(let path) = folder.value
        else { return "" }
        return Self.folderFlag(path)
    }

    /// As a shell reads it.
    static func folderFlag(_ path: String) -> String {
        let quoted = ControlCharacters.escaped(path).split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''")
        return " --data-folder '\(quoted)'"
    }
}
