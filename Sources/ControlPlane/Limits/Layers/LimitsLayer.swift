/// What one source says about limits: some values, each with its origin. What it does not say is left to the layers
/// below.
package struct LimitsLayer: Hashable, Sendable {
    var values: [LimitPath: Stated] = [:]

    /// The layer after a change: `null` takes back, everything else is said anew.
    func patched(with patch: LimitsReader.Result) -> LimitsLayer {
        let removed = Set(patch.removed)
        let kept = values.filter { path, _ in
            let names = path.components
            return !(1...names.count).contains { removed.contains(Array(names.prefix($0))) }
        }
        return LimitsLayer(values: kept.merging(patch.layer.values) { $1 })
    }
}

/// A value as a source states it.
struct Stated: Hashable, Sendable {
    /// `nil` hides what the layers below say, but for the built-in defaults.
    let value: LimitValue?
    let origin: Origin
}
