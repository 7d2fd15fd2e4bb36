/// How far the limits of one key are turned down, because of what its upstream answered: additive increase,
/// multiplicative decrease (Chiu and Jain, 1989).
///
/// It is state and not configuration: a change of the limit table leaves it alone.
package struct Adaptation: Hashable, Sendable {
    /// Scales the units of every window.
    package private(set) var multiplier = 1.0
    /// When the observation under way ends; `nil` when none is.
    private var ends: Timestamp?
    private var answers = 0
    private var refusals = 0
    /// When the multiplier last fell. What started before tells nothing about it.
    private var lowered = Timestamp(microseconds: .min)

    package init() {}

    /// A multiplier before and after.
    package struct Change: Hashable, Sendable {
        package let from: Double
        package let to: Double
    }

    /// Counts an answer.
    ///
    /// - Parameters:
    ///   - isRefusal: whether it was a 429 or 503 that asks for fewer requests.
    ///   - start: when its request started. Requests that were under way when the multiplier fell belong to the burst
    ///     that made it fall, which counts once.
    package mutating func observe(
        isRefusal: Bool, of start: Timestamp, at now: Timestamp, under settings: AIMDSettings
    ) {
        guard start >= lowered else { return }
        if ends == nil { ends = now.advanced(by: settings.window) }
        answers += 1
        if isRefusal { refusals += 1 }
    }

    /// Closes the observations that have ended: each changes the multiplier by one step.
    ///
    /// - Returns: `nil` when it stays what it was.
    package mutating func settle(at now: Timestamp, under settings: AIMDSettings) -> Change? {
        guard let end = ends, end <= now else { return nil }
        let before = multiplier
        if answers > 0, Double(refusals) >= settings.highRatio * Double(answers), refusals > 0 {
            multiplier *= 1 - settings.decreaseStepPercent / 100
            lowered = now
        } else {
            multiplier += settings.increaseStepPercent / 100
        }
        // Observations in which nothing was heard are good ones.
        let idle = now.microseconds(since: end) / settings.window
        multiplier += Double(idle) * settings.increaseStepPercent / 100
        multiplier = min(max(multiplier, settings.minimumMultiplier), settings.maximumMultiplier)
        (answers, refusals) = (0, 0)
        // Once nothing is left to recover from, the next observation begins with the next answer.
        ends = multiplier < settings.maximumMultiplier ? end.advanced(by: (idle + 1) * settings.window) : nil
        return multiplier == before ? nil : Change(from: before, to: multiplier)
    }

    /// Whether nothing would be lost by forgetting it.
    var isFresh: Bool { multiplier == 1 && ends == nil }
    /// When ``settle(at:under:)`` has something to do; the end of time where it has not.
    var due: Timestamp { ends ?? Timestamp(microseconds: .max) }
}

extension Adaptation: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(multiplier)
        bytes.write(ends)
        bytes.write(answers)
        bytes.write(refusals)
        bytes.write(lowered)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        multiplier = try bytes.readFactor()
        ends = try bytes.read()
        answers = try bytes.read()
        refusals = try bytes.read()
        lowered = try bytes.read()
    }
}
