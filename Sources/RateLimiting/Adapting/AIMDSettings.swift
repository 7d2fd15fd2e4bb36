/// How limits adapt to what upstreams answer; the `aimd` part of the limits document.
package struct AIMDSettings: Hashable, Sendable {
    package var enabled = false
    /// Length of an observation, in seconds.
    package var windowSeconds = 60
    /// Share of 429 and 503 from which limits are lowered.
    package var highRatio = 0.05
    /// Percentage points gained after a good window.
    package var increaseStepPercent = 5.0
    /// Percent of itself that the multiplier loses after a bad window.
    package var decreaseStepPercent = 20.0
    package var minimumMultiplier = 0.3
    package var maximumMultiplier = 1.0

    package init() {}

    /// Length of an observation, in microseconds.
    var window: Int64 { Int64(windowSeconds) * 1_000_000 }
}
