extension AcquireRequest: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(claims)
        bytes.write(maxWaitMilliseconds)
        bytes.write(wait == .server)
        bytes.write(hold)
        bytes.write(leaseTTLMilliseconds)
        bytes.write(isHead)
        bytes.write(client)
        bytes.write(idempotencyKey)
        bytes.write(reportsUsage)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            claims: try bytes.read(), maxWaitMilliseconds: try bytes.read(),
            wait: try bytes.read() ? .server : .client, hold: try bytes.read(),
            leaseTTLMilliseconds: try bytes.readAmount(), isHead: try bytes.read(), client: try bytes.read(),
            idempotencyKey: try bytes.read(), reportsUsage: try bytes.read())
    }
}

extension AcquireRequest.Claim: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(key)
        bytes.write(weight)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        // One that no limit allows is refused where it is asked for; none is so large that a sum of them overflows.
        self.init(key: try bytes.read(), weight: min(try bytes.read(), 1 << 40))
    }
}

extension LimitKey: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(host)
        bytes.write(role)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(host: try bytes.read(), role: try bytes.read())
    }
}

extension Timestamp: BinaryCodable {
    func write(to bytes: inout ByteWriter) { bytes.write(microseconds) }
    init(from bytes: inout ByteReader) throws(MalformedBytes) { self.init(microseconds: try bytes.read()) }
}

extension WaiterID: BinaryCodable {
    func write(to bytes: inout ByteWriter) { bytes.write(arrival) }
    init(from bytes: inout ByteReader) throws(MalformedBytes) { self.init(arrival: try bytes.read()) }
}

extension LeaseID: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(nonce)
        bytes.write(number)
        bytes.write(place)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(nonce: try bytes.read(), number: try bytes.read(), place: try bytes.read())
    }
}

extension Pause: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(until)
        bytes.write(reason)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(until: try bytes.read(), reason: try bytes.read())
    }
}

extension Pause.Reason: BinaryCodable {}

extension PauseScope: BinaryCodable, Comparable {
    package static func < (left: PauseScope, right: PauseScope) -> Bool {
        (left.host, left.role ?? "") < (right.host, right.role ?? "")
    }

    func write(to bytes: inout ByteWriter) {
        bytes.write(host)
        bytes.write(role)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(host: try bytes.read(), role: try bytes.read())
    }
}

extension UpstreamOutcome: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(status)
        bytes.write(retryAfter)
        bytes.write(remaining)
        bytes.write(reset)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            status: try bytes.read(), retryAfter: try bytes.read(), remaining: try bytes.read(),
            reset: try bytes.read())
    }
}
