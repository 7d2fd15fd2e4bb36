extension LimitsDocument: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(defaults)
        bytes.write(hosts)
        bytes.write(globalMaxInflight)
        bytes.write(aimd)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            defaults: try bytes.read(), hosts: try bytes.read(), globalMaxInflight: try bytes.read(),
            aimd: try bytes.read())
    }
}

extension PolicyPatch: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(rates)
        bytes.write(maxDelayMilliseconds)
        bytes.write(maxConcurrent)
        bytes.write(maxWaiters)
        bytes.write(countHead)
        bytes.write(guardMilliseconds)
        bytes.write(mode)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            rates: try bytes.read(), maxDelayMilliseconds: try bytes.readOptionalAmount(),
            maxConcurrent: try bytes.readOptionalAmount(), maxWaiters: try bytes.readOptionalAmount(),
            countHead: try bytes.read(), guardMilliseconds: try bytes.readOptionalAmount(), mode: try bytes.read())
    }
}

extension Policy.Mode: BinaryCodable {}

extension Rate: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(units)
        bytes.write(interval)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        let (units, interval) = (try Int(from: &bytes), try Int64(from: &bytes))
        do {
            try self.init(units: units, interval: interval)
        } catch {
            throw MalformedBytes("a rate \(error)")
        }
    }
}

extension AIMDSettings: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(enabled)
        bytes.write(windowSeconds)
        bytes.write(highRatio)
        bytes.write(increaseStepPercent)
        bytes.write(decreaseStepPercent)
        bytes.write(minimumMultiplier)
        bytes.write(maximumMultiplier)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init()
        enabled = try bytes.read()
        windowSeconds = max(1, try bytes.readAmount())
        highRatio = try bytes.readFactor()
        increaseStepPercent = try bytes.readFactor()
        decreaseStepPercent = try bytes.readFactor()
        minimumMultiplier = try bytes.readFactor()
        maximumMultiplier = try bytes.readFactor()
    }
}

extension LimitTable: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(version)
        bytes.write(document)
        bytes.write(unsigned: UInt64(annotation.count))
        bytes.write(contentsOf: annotation)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            version: try bytes.read(), document: try bytes.read(),
            annotation: Array(try bytes.readBytes(try bytes.readCount())))
    }
}
