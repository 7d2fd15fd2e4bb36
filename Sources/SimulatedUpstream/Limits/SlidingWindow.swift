import DequeModule

/// Counts arrivals in every half-open interval of one length, exactly.
///
/// The arrivals of the last interval are kept as they came; nothing is estimated. Beyond `limit` by `spare` the count
/// stays where it is, which bounds the memory and cannot hide that there was an excess.
struct SlidingWindow {
    static let spare = 100_000

    let limit: Int
    /// Nanoseconds: the rate's interval, shortened by what the network may have shifted.
    let length: Int64
    private var arrivals: Deque<Int64> = []
    private(set) var most = 0

    init(limit: Int, length: Int64) {
        self.limit = limit
        self.length = length
    }

    var worstExcess: Int { max(0, most - limit) }

    /// Counts an arrival; times never decrease. Answers by how much the interval that ends with it is too full.
    mutating func record(at now: Int64) -> Int {
        while let first = arrivals.first, first <= now - length {
            arrivals.removeFirst()
        }
        if arrivals.count == limit + Self.spare {
            arrivals.removeFirst()
        }
        arrivals.append(now)
        most = max(most, arrivals.count)
        return max(0, arrivals.count - limit)
    }

    /// The first time at which one more arrival would not be too many, if none comes before.
    var nextFit: Int64 {
        arrivals.count < limit ? 0 : arrivals[arrivals.count - limit] + length
    }
}
