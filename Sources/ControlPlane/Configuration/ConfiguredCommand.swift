/// A command that reads settings.
package enum ConfiguredCommand: String, Sendable, CaseIterable {
    case serve
    case gateway
    case harvest
    case configShow = "config show"
    case configCheck = "config check"
    case configExplain = "config explain"

    /// Whether it is `weir config`, which looks at the settings that a service would have.
    private var looksAtService: Bool { self == .configShow || self == .configCheck }

    /// Settings that have an effect on what it does. Files and variables are shared with other commands, and may have others;
    /// flags of others are refused.
    package func obeys(_ setting: Setting) -> Bool { Self.users(of: setting).contains(self) }

    private static func users(of setting: Setting) -> [ConfiguredCommand] {
        if Setting.ofLimits.contains(where: { $0.key == setting.key }) { return allCases }
        return switch setting.key {
        case Setting.data.key, Setting.config.key, Setting.rateConfig.key, Setting.rateHostOverride.key:
            allCases
        case Setting.cacheConfig.key, Setting.proxy.key, Setting.trustedRoots.key,
            Setting.allowedAddresses.key,
            Setting.logLevel.key, Setting.limiterLogLevel.key:
            allCases.filter { $0 != .configExplain }
        case Setting.host.key, Setting.port.key, Setting.fetchEnabled.key, Setting.webhookKey.key,
            Setting.retentionDays.key:
            allCases.filter { $0 == .serve || $0.looksAtService }
        case Setting.server.key: []
        // What is left says how Weir harvests.
        default: allCases.filter { $0 == .serve || $0 == .harvest || $0.looksAtService }
        }
    }
}
