/// A setting that cannot be accepted.
package struct SettingsError: Error, CustomStringConvertible {
    package let description: String

    init(_ setting: String, _ message: String) {
        description = "\(setting): \(message)"
    }
}
