/// `units` per `interval`: the one promise a window keeps.
package struct Rate: Hashable, Sendable {
    /// Units per interval, 1 … ``maximumUnits``.
    package let units: Int
    /// Length of the window in microseconds, up to 366 days.
    package let interval: Int64

    /// More is a mistake rather than a limit. Above ``WindowLog/exactUnits`` the log keeps older units more coarsely.
    package static let maximumUnits = 1_000_000_000
    static let maximumInterval: Int64 = 366 * 86_400_000_000

    package init(units: Int, interval: Int64) throws(RateError) {
        guard units >= 1 else { throw RateError("allows \(units) units; at least 1 is needed") }
        guard units <= Self.maximumUnits else {
            throw RateError("allows \(units) units; at most \(Self.maximumUnits) are possible")
        }
        guard interval >= 1 else { throw RateError("has an empty interval") }
        guard interval <= Self.maximumInterval else { throw RateError("has an interval of more than 366 days") }
        self.units = units
        self.interval = interval
    }
}

/// Why a text or a pair of numbers is no rate.
package struct RateError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension Rate {
    private static let unitLengths: [String: Int64] = [
        "s": 1, "sec": 1, "second": 1, "seconds": 1,
        "m": 60, "min": 60, "minute": 60, "minutes": 60,
        "h": 3600, "hour": 3600, "hours": 3600,
        "d": 86_400, "day": 86_400, "days": 86_400,
    ]

    /// Reads `N/UNIT` or `N/MUNIT`: `10/SECOND`, `1/3SECOND` (one per three seconds), `300/5m`.
    package init(parsing text: String) throws(RateError) {
        let form = "should look like 10/SECOND, 1/3SECOND or 300/5m"
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw RateError("\(form)") }
        guard let units = Self.number(parts[0]) else {
            throw RateError("has '\(parts[0])' where a whole number of units belongs; it \(form)")
        }
        let digits = parts[1].prefix { $0.isASCII && $0.isNumber }
        let unit = parts[1].dropFirst(digits.count).lowercased()
        guard let multiple = digits.isEmpty ? 1 : Self.number(digits) else {
            throw RateError("has an interval '\(parts[1])' that is too long")
        }
        guard let length = Self.unitLengths[unit] else {
            throw RateError("has the unknown unit '\(unit)'; it may be SECOND, MINUTE, HOUR or DAY (or s, m, h, d)")
        }
        let (interval, overflow) = Int64(multiple).multipliedReportingOverflow(by: length * 1_000_000)
        try self.init(units: units, interval: overflow ? .max : interval)
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }
}

extension Rate: CustomStringConvertible {
    /// The form that ``init(parsing:)`` reads, in the largest unit that divides the interval.
    package var description: String {
        let names: [(String, Int64)] = [
            ("DAY", 86_400_000_000), ("HOUR", 3_600_000_000), ("MINUTE", 60_000_000), ("SECOND", 1_000_000),
        ]
        for (name, length) in names where interval.isMultiple(of: length) {
            let multiple = interval / length
            return multiple == 1 ? "\(units)/\(name)" : "\(units)/\(multiple)\(name)"
        }
        return "\(units)/\(interval)us"
    }
}
