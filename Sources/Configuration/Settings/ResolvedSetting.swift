/// A setting with its value and where that came from.
package struct ResolvedSetting: Sendable {
    package let setting: Setting
    package let value: SettingValue
    package let source: SettingSource
}
