/// A number as hosts write it in hints about their limits.
enum HintNumber {
    /// Digits, perhaps with a sign and a fraction. However long it is, reading it neither traps nor costs more than its
    /// length: what is beyond `Double` is infinite.
    static func parse(_ text: some StringProtocol) -> Double? {
        var octets = text.utf8[...]
        let isNegative = octets.first == UInt8(ascii: "-")
        if isNegative || octets.first == UInt8(ascii: "+") { octets.removeFirst() }
        let whole = octets.prefix(while: isDigit)
        let rest = octets[whole.endIndex...]
        let fraction = rest.dropFirst()
        guard rest.isEmpty || rest.first == UInt8(ascii: "."), fraction.allSatisfy(isDigit),
            !whole.isEmpty || !fraction.isEmpty
        else { return nil }
        let number = whole.reduce(0.0, appending) + fraction.reversed().reduce(0.0) { ($0 + value($1)) / 10 }
        return isNegative ? -number : number
    }

    private static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }

    private static func value(_ digit: UInt8) -> Double { Double(digit - UInt8(ascii: "0")) }

    private static func appending(_ number: Double, _ digit: UInt8) -> Double { number * 10 + value(digit) }
}
