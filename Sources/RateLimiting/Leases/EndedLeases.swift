/// How recent leases ended, one bit for each, so that a second release and a late one can be told apart.
struct EndedLeases: Sendable {
    /// Leases remembered, by number; of older ones that have ended it is only known that they have.
    static let remembered: UInt64 = 1 << 20

    private var released: [UInt64] = []

    mutating func recordRelease(of number: UInt64) {
        // 128 KiB, made with the first release.
        if released.isEmpty { released = Array(repeating: 0, count: Int(Self.remembered / 64)) }
        released[Self.word(number)] |= Self.bit(number)
    }

    /// The number is given out again, to a lease that has not ended.
    mutating func forget(_ number: UInt64) {
        guard !released.isEmpty else { return }
        released[Self.word(number)] &= ~Self.bit(number)
    }

    func wasReleased(_ number: UInt64, newest: UInt64) -> Bool {
        guard !released.isEmpty, newest - number < Self.remembered else { return false }
        return released[Self.word(number)] & Self.bit(number) != 0
    }

    private static func word(_ number: UInt64) -> Int { Int(number % remembered / 64) }
    private static func bit(_ number: UInt64) -> UInt64 { 1 << (number % 64) }
}

extension EndedLeases: BinaryCodable {
    /// The words that are not nought, with their places; most of them are until a million leases have ended.
    func write(to bytes: inout ByteWriter) {
        let used = released.indices.filter { released[$0] != 0 }
        bytes.write(used)
        for place in used { bytes.write(released[place]) }
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        let used: [Int] = try bytes.read()
        guard !used.isEmpty else { return }
        released = Array(repeating: 0, count: Int(Self.remembered / 64))
        for place in used {
            guard released.indices.contains(place) else { throw MalformedBytes("no place for word \(place)") }
            released[place] = try bytes.read()
        }
    }
}
