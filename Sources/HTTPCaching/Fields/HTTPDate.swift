/// A point in time with the one-second resolution of HTTP; all of this library counts in it.
package struct HTTPDate: Hashable, Comparable, Sendable {
    /// Since 1970, UTC.
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    package static func < (a: HTTPDate, b: HTTPDate) -> Bool { a.seconds < b.seconds }

    package func advanced(by seconds: Int64) -> HTTPDate {
        HTTPDate(seconds: self.seconds.addingReportingOverflow(seconds).partialValue)
    }

    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// As `IMF-fixdate` (RFC 9110, section 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    package var text: String {
        let day = seconds.floorDivided(by: 86_400)
        let second = seconds - day * 86_400
        let (year, month, dayOfMonth) = Self.civil(day)
        // 1970 began on a Thursday.
        let weekday = Int((day + 3) % 7 + 7) % 7
        return "\(Self.days[weekday]), \(Self.padded(dayOfMonth)) \(Self.months[month - 1]) "
            + "\(Self.padded(year, 4)) \(Self.padded(second / 3600)):\(Self.padded(second / 60 % 60)):"
            + "\(Self.padded(second % 60)) GMT"
    }

    private static func padded(_ number: some BinaryInteger, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Reads the three forms that a recipient must accept (RFC 9110, section 5.6.7): IMF-fixdate, RFC 850, asctime; in
    /// any case, and nothing else (RFC 9111, section 4.2).
    ///
    /// - Parameter now: places the two-digit years of RFC 850, which are never more than 50 years ahead.
    package init?(parsing text: some StringProtocol, now: HTTPDate) {
        var words = text.split(separator: " ", omittingEmptySubsequences: false)
        // Only asctime pads, and only the day.
        if words.count == 6, words[2].isEmpty { words.remove(at: 2) }
        switch (words.count, words[0].last == ",") {
        case (6, true):
            self.init(day: words[1], month: words[2], year: words[3], time: words[4], zone: words[5])
        case (5, false):
            self.init(day: words[2], month: words[1], year: words[4], time: words[3], zone: "GMT")
        case (4, true):
            let date = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, let short = Self.number(date[2], 2...2) else { return nil }
            let (thisYear, _, _) = Self.civil(now.seconds.floorDivided(by: 86_400))
            var year = thisYear - thisYear % 100 + short
            if year > thisYear + 50 { year -= 100 }
            self.init(day: date[0], month: date[1], year: String(year)[...], time: words[2], zone: words[3])
        default:
            return nil
        }
    }

    private init?(
        day: some StringProtocol, month: some StringProtocol, year: some StringProtocol, time: some StringProtocol,
        zone: some StringProtocol
    ) {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { Self.number($0, 2...2) }
        guard zone.uppercased() == "GMT",
            let year = Self.number(year, 4...4),
            let month = Self.months.firstIndex(where: { $0.lowercased() == month.lowercased() }).map({ $0 + 1 }),
            let day = Self.number(day, 1...2), day >= 1, day <= Self.length(ofMonth: month, year),
            clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            // A leap second is a valid time.
            hour < 24, minute < 60, second <= 60
        else { return nil }
        seconds = Self.day(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: some StringProtocol, _ lengths: ClosedRange<Int>) -> Int64? {
        guard lengths.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }

    private static func length(ofMonth month: Int, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 of a date in the Gregorian calendar.
    private static func day(_ year: Int64, _ month: Int, _ day: Int64) -> Int64 {
        // Years that begin in March put the leap day at their end.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.floorDivided(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ day: Int64) -> (year: Int64, month: Int, day: Int64) {
        let shifted = day + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let civilMonth = Int(month < 10 ? month + 3 : month - 9)
        return (yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0), civilMonth, dayOfYear - (153 * month + 2) / 5 + 1)
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
