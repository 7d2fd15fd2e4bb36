/// What one source says about limits: some values, each with its origin. What it does not say is left to the layers
/// below.
struct LimitsLayer: Hashable, Sendable {
    var values: [LimitPath: Stated] = [:]

    /// The layer after a change: `null` takes back, everything else is said anew.
    func patched(with patch: LimitsReader.Result) -> LimitsLayer {
        var layer = self
        for names in patch.removed { layer.values = layer.values.filter { !$0.key.components.starts(with: names) } }
        layer.values.merge(patch.layer.values) { $1 }
        return layer
    }
}

/// A value as a source states it.
struct Stated: Hashable, Sendable {
    /// `nil` hides what the layers below say, but for the built-in defaults.
    let value: LimitValue?
    let origin: Origin
}
