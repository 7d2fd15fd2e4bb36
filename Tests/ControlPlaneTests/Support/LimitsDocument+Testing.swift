import RateLimiting

@testable import ControlPlane

extension LimitsDocument {
    /// What is in force where nothing is said.
    static let builtIn = (try? EffectiveLimits([]))?.document ?? LimitsDocument(defaults: [:])
}
