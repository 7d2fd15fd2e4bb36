/// At most `count` requests in every interval of `multiple` units of time, as the simulated host sees it.
///
/// The simulator has its own notion of a rate: the judge must not share code with the judged.
struct UpstreamRate: Sendable, Hashable, CustomStringConvertible {
    enum Unit: String, CaseIterable, Sendable {
        case second = "SECOND"
        case minute = "MINUTE"
        case hour = "HOUR"
        case day = "DAY"

        var seconds: Int {
            switch self {
            case .second: 1
            case .minute: 60
            case .hour: 3_600
            case .day: 86_400
            }
        }

        init?(_ text: some StringProtocol) {
            let wanted = text.uppercased()
            let match = Self.allCases.first { unit in
                wanted == unit.rawValue || wanted == unit.rawValue + "S" || wanted == String(unit.rawValue.prefix(1))
            }
            guard let match else { return nil }
            self = match
        }
    }

    let count: Int
    let multiple: Int
    let unit: Unit

    var nanoseconds: Int64 { Int64(multiple * unit.seconds) * 1_000_000_000 }

    var description: String { "\(count)/\(multiple == 1 ? "" : String(multiple))\(unit.rawValue)" }

    /// Reads `10/SECOND`, `1/3SECOND`, `10/s`, `300/5m`.
    init(parsing text: some StringProtocol) throws(ArgumentProblem) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), (1...1_000_000).contains(count) else {
            throw ArgumentProblem(
                "'\(text)' is not a rate; write COUNT/INTERVAL such as 10/SECOND, 1/3SECOND or 300/5m")
        }
        let digits = parts[1].prefix { $0.isNumber }
        guard let unit = Unit(parts[1].dropFirst(digits.count)) else {
            throw ArgumentProblem("'\(text)' has an unknown unit; use SECOND, MINUTE, HOUR or DAY (s, m, h, d)")
        }
        guard let multiple = digits.isEmpty ? 1 : Int(digits), (1...100_000).contains(multiple) else {
            throw ArgumentProblem("'\(text)' has an interval that is not between 1 and 100000 units")
        }
        self.count = count
        self.multiple = multiple
        self.unit = unit
    }
}
