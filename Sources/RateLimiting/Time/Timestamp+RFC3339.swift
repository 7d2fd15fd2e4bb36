extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with six fractional digits, such as `2026-05-22T09:30:00.000001Z`.
    package var description: String {
        let (days, inDay) = microseconds.flooredDivision(by: 86_400_000_000)
        let (year, month, day) = Self.civil(fromDays: days)
        let (second, micro) = inDay.flooredDivision(by: 1_000_000)
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let time = "\(Self.padded(second / 3600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
        return "\(date)T\(time).\(Self.padded(micro, 6))Z"
    }

    /// Proleptic Gregorian date of a day number counted from 1970-01-01, by the 400-year cycle that starts on 1 March.
    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// Reads RFC 3339, such as `2026-05-18T11:42:18Z` or `2026-05-18T13:42:18.25+02:00`; also without the colon in the offset,
    /// as some services write it. What is less than a microsecond is left out.
    package init?(rfc3339 text: some StringProtocol) {
        let octets = Array(text.utf8.prefix(40))
        guard octets.count < 40, octets.count > 19 else { return nil }
        func number(_ place: Range<Int>) -> Int64? {
            guard place.upperBound <= octets.count, octets[place].allSatisfy(Self.isDigit) else { return nil }
            return octets[place].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }
        let separators = [octets[4], octets[7], octets[10] & 0xDF, octets[13], octets[16]]
        guard separators == Array("--T::".utf8), let year = number(0..<4), let month = number(5..<7),
            let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var rest = octets[19...]
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix(while: Self.isDigit)
            guard !digits.isEmpty else { return nil }
            let six = digits.prefix(6) + repeatElement(UInt8(ascii: "0"), count: max(0, 6 - digits.count))
            fraction = six.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
            rest = rest[digits.endIndex...]
        }
        guard let offset = Self.offset(rest) else { return nil }
        let days = Self.days(year, month, day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    private static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }

    /// Seconds that a zone such as `+02:00` is ahead of UTC.
    private static func offset(_ zone: ArraySlice<UInt8>) -> Int64? {
        guard let first = zone.first else { return nil }
        if zone.count == 1, first & 0xDF == UInt8(ascii: "Z") { return 0 }
        let digits = zone.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard digits.count == 4, digits.allSatisfy(isDigit), "+-".utf8.contains(first) else { return nil }
        let values = digits.map { Int64($0 - UInt8(ascii: "0")) }
        let minutes = (values[0] * 10 + values[1]) * 60 + values[2] * 10 + values[3]
        return minutes * (first == UInt8(ascii: "-") ? -60 : 60)
    }

    /// The inverse of ``civil(fromDays:)``.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        // Years that begin in March put the leap day at their end.
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredDivision(by: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Timestamp: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
