import Synchronization

/// Metrics by host and kind, looked up at the metrics system once for each, since that takes longer than counting.
///
/// The first 256 hosts keep series of their own. All later hosts share those of the host `other`: callers invent hosts, and
/// neither the memory nor the time of a look-up may grow with their number.
package final class SeriesByHost<Kind: Hashable & Sendable, Series: Sendable>: Sendable {
    private struct Key: Hashable {
        var host: String
        let kind: Kind
    }

    private struct Kept {
        var hosts: Set<String> = []
        var series: [Key: Series] = [:]
    }

    private let kept = Mutex(Kept())
    private let make: @Sendable (String, Kind) -> Series

    private static var maxHosts: Int { 256 }
    /// What is kept of hosts times kinds. Beyond it, series are looked up at the metrics system each time.
    private static var maxSeries: Int { 16_384 }

    /// - Parameter make: looks up the series of a host and a kind.
    package init(_ make: @escaping @Sendable (String, Kind) -> Series) {
        self.make = make
    }

    package subscript(host: String, kind: Kind) -> Series {
        kept.withLock { kept in
            var key = Key(host: host, kind: kind)
            if let known = kept.series[key] { return known }
            if !kept.hosts.contains(host) {
                if kept.hosts.count < Self.maxHosts {
                    kept.hosts.insert(host)
                } else {
                    key.host = "other"
                    if let known = kept.series[key] { return known }
                }
            }
            let made = make(key.host, kind)
            if kept.series.count < Self.maxSeries { kept.series[key] = made }
            return made
        }
    }
}
