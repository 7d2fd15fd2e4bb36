import Foundation
import RateLimiting

extension LimiterBenchmarks {
    /// Pages of memory that the process occupies, as bytes.
    private static func resident() throws -> Double {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (Double(fields[1]) ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    static func memory() throws {
        for (work, units) in [("key_5000_hour", 5000), ("key_1000000_hour", 1_000_000)] {
            let interval = Int64(3_600_000_000)
            var log = WindowLog()
            for unit in 0..<units * 2 {
                let start = Timestamp(microseconds: Int64(unit) * (interval / Int64(units)))
                log.append(start, weight: 1, reaching: units)
            }
            report(work, Double(log.bytes), "bytes")
        }
        for (work, keys) in [("key_idle", 100_000), ("keys_million_idle", 1_000_000)] {
            let before = try resident()
            let limits = try limits(["10/SECOND", "5000/HOUR"], clock: ContinuousClock())
            for number in 0..<keys { limits.recall([(request(number).claims[0].key, limits.now())]) }
            let used = try resident() - before
            report(work, work == "key_idle" ? used / Double(keys) : used, "bytes")
            precondition(limits.totals().keys == keys)
        }
    }
}
