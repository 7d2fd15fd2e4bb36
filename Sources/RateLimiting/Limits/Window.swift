/// A rate at work: the interval already widened by the policy's guard, both scaled by what upstreams answered.
package struct Window: Hashable, Sendable {
    /// As the policy states it; names the window in answers.
    package let rate: Rate
    /// Units in force: those of the rate, or fewer while the limit is lowered or divided.
    package let units: Int
    /// Microseconds in force, `guard_ms` included.
    package let interval: Int64

    package init(rate: Rate, guardMilliseconds: Int = 0) {
        self.init(rate: rate, units: rate.units, interval: rate.interval + Int64(guardMilliseconds) * 1000)
    }

    private init(rate: Rate, units: Int, interval: Int64) {
        self.rate = rate
        self.units = units
        self.interval = interval
    }

    /// The window at `multiplier` times its rate. Where less than one unit would be left, one is, and the interval is
    /// stretched instead.
    package func scaled(by multiplier: Double) -> Window {
        let scaled = Double(units) * multiplier
        if scaled >= 1 { return Window(rate: rate, units: Int(scaled), interval: interval) }
        let stretched = (Double(interval) / scaled).rounded(.up)
        return Window(rate: rate, units: 1, interval: Int64(min(stretched, Double(Rate.maximumInterval))))
    }

    /// The window with a portion of its units, none where that is less than one.
    func reduced(to portion: Portion) -> Window {
        Window(rate: rate, units: portion.of(units), interval: interval)
    }
}
