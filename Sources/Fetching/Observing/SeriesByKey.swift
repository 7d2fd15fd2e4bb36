import Synchronization

/// Metrics that are looked up at the metrics system once for each key, since that takes longer than counting.
///
/// That system bounds how many it keeps; here all are forgotten together once there are too many.
final class SeriesByKey<Key: Hashable & Sendable, Series: Sendable>: Sendable {
    private let series = Mutex<[Key: Series]>([:])
    private let make: @Sendable (Key) -> Series

    private static var mostKept: Int { 4096 }

    init(_ make: @escaping @Sendable (Key) -> Series) {
        self.make = make
    }

    subscript(key: Key) -> Series {
        series.withLock { series in
            if let known = series[key] { return known }
            if series.count >= Self.mostKept { series = [:] }
            let made = make(key)
            series[key] = made
            return made
        }
    }
}
