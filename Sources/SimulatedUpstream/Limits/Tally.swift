/// What was counted for one key.
struct Tally {
    struct Window {
        let rate: UpstreamRate
        var sliding: SlidingWindow
    }

    var requests = 0
    var rejected = 0
    var windows: [Window]

    init(rates: [UpstreamRate], toleranceNanoseconds: Int64) {
        windows = rates.map { rate in
            let length = rate.nanoseconds - toleranceNanoseconds
            return Window(rate: rate, sliding: SlidingWindow(limit: rate.count, length: length))
        }
    }

    var worstExcess: Int { windows.map(\.sliding.worstExcess).max() ?? 0 }

    /// Counts an arrival in every window. Answers when the next one would fit, if this one did not.
    mutating func record(at now: Int64) -> Int64? {
        requests += 1
        var fits: Int64?
        for index in windows.indices where windows[index].sliding.record(at: now) > 0 {
            fits = max(fits ?? now, windows[index].sliding.nextFit)
        }
        return fits
    }
}
