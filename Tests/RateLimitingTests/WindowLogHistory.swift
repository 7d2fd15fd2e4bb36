import TestSupport

@testable import RateLimiting

/// A random life of one window log beside the naive one: few units and short windows, so that times collide.
struct WindowLogHistory {
    private var random: SeededGenerator
    private var windows: [Window] = []
    private var log = WindowLog()
    private var naive = NaiveLog()
    private var granted: [(start: Timestamp, weight: Int)] = []
    private var now = Timestamp(microseconds: 0)
    /// Whether a window ever asked for more history than a log for the ones before it had to keep.
    private var outgrown = false

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        windows = makeWindows(most: 6)
    }

    mutating func run(events: Int) throws {
        for _ in 0..<events {
            // The clock steps back now and then; starts must not.
            now = now.advanced(by: Int64(random.chance(5) ? -random.number(1...5) : random.number(0...6)))
            if random.chance(80) {
                try append()
            } else if !granted.isEmpty {
                let unit = granted.remove(at: random.number(0...granted.count - 1))
                log.giveBack(unit.start, weight: unit.weight)
                naive.giveBack(unit.start, weight: unit.weight)
            }
            for window in windows where !outgrown {
                try require(log.used(of: window, at: now) == naive.used(of: window, at: now), "used")
                try require(log.firstFree(of: window, at: now) == naive.firstFree(of: window, at: now), "first free")
            }
        }
    }

    /// Other windows from here on, over the same history.
    mutating func reload() throws {
        windows = makeWindows(most: random.chance(20) ? 200 : 6)
        outgrown = outgrown || reach > 6
    }

    /// Half-open intervals that begin with a unit are the fullest ones.
    func checkAllIntervals() throws {
        for window in windows {
            for start in naive.starts {
                let inside = naive.starts.count { $0 >= start && $0 < start.advanced(by: window.interval) }
                try require(inside <= window.units, "\(inside) units from \(start) on, \(window.rate)")
            }
        }
    }

    private var reach: Int { windows.lazy.map(\.units).max() ?? 1 }

    private mutating func append() throws {
        let lightest = windows.lazy.map(\.units).min() ?? 1
        let weight = random.number(1...min(6, lightest))
        let start = log.earliestStart(of: weight, under: windows, at: now)
        let expected = naive.earliestStart(of: weight, under: windows, from: max(now, naive.starts.last ?? now))
        try require(start == expected || outgrown && start > expected, "starts at \(start), expected \(expected)")
        guard start <= now.advanced(by: Int64(random.number(0...12))) else { return }
        try require(naive.holds(weight, at: start, under: windows), "too much at \(start)")
        log.append(start, weight: weight, reaching: reach)
        naive.append(start, weight: weight)
        granted.append((start, weight))
    }

    private mutating func makeWindows(most: Int) -> [Window] {
        (0..<random.number(1...4)).compactMap { _ in
            let rate = try? Rate(units: random.number(1...most), interval: Int64(random.number(1...20)))
            return rate.map { Window(rate: $0) }
        }
    }
}
