import FoundationEssentials
package import RateLimiting

extension Timestamp {
    /// The time by the machine's wall clock, for records and for the start of clocks that must not step back.
    package static var wallClock: Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}
