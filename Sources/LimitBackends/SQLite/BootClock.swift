import Foundation
import RateLimiting

/// Time since the machine started, the same for all its processes: it does not step when the wall clock is set.
struct BootClock: Sendable {
    /// Names this start of the machine.
    let boot: String

    /// - Throws: where the system does not tell.
    init() throws {
        boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Microseconds.
    func sinceBoot() -> Int64 { Self.microseconds(CLOCK_BOOTTIME) }

    /// When the machine started by the wall clock of now, in microseconds since the Unix epoch; later where a log has
    /// been at a later time already.
    func epoch(noEarlierThan time: Timestamp) -> Int64 {
        max(Self.microseconds(CLOCK_REALTIME), time.microseconds) - sinceBoot()
    }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
