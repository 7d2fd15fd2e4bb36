/// Units that were granted while nobody could decide.
struct UncheckedUnits: Sendable {
    let key: LimitKey
    let start: Timestamp
    let weight: Int
}

extension UncheckedUnits: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(key)
        bytes.write(start)
        bytes.write(weight)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(key: try bytes.read(), start: try bytes.read(), weight: try bytes.readAmount())
    }
}
