/// One of so many equal parts of every limit, which an instance may use on its own while it is cut off.
package struct Share: Hashable, Sendable {
    // Every decision has room for one: the smaller, the cheaper it is to hand on.
    private let count: UInt16

    package var parts: Int { Int(count) }

    /// - Parameter parts: at least 1.
    package init(oneOf parts: Int) {
        count = UInt16(clamping: max(1, parts))
    }

    /// Whole units only: of fewer units than there are parts, nobody has any.
    func of(_ units: Int) -> Int { units / parts }

    var fraction: Double { 1 / Double(parts) }
}

extension Share: CustomStringConvertible {
    package var description: String { "1/\(parts)" }
}

extension Share: BinaryCodable {
    func write(to bytes: inout ByteWriter) { bytes.write(parts) }
    init(from bytes: inout ByteReader) throws(MalformedBytes) { self.init(oneOf: try bytes.read()) }
}

/// The part of every limit that a limiter decides about.
struct Portion: Hashable, Sendable {
    private let own: Share?
    private let setAside: [Share]

    static let whole = Portion(without: [])

    init(_ own: Share) { (self.own, setAside) = (own, []) }

    /// All but the shares of others.
    init(without setAside: [Share]) { (own, self.setAside) = (nil, setAside) }

    var isWhole: Bool { own == nil && setAside.isEmpty }

    func of(_ units: Int) -> Int {
        if isWhole { return units }
        if let own { return own.of(units) }
        return max(0, setAside.reduce(units) { $0 - $1.of(units) })
    }
}
