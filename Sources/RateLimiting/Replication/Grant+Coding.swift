extension Grant: BinaryCodable {
    /// Of those that the log knows, all were decided by the limits.
    func write(to bytes: inout ByteWriter) {
        bytes.write(lease)
        bytes.write(asked)
        bytes.write(start)
        bytes.write(expires)
        bytes.write(shadowed)
        bytes.write(usage)
        bytes.write(tableVersion)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            lease: try bytes.read(), asked: try bytes.read(), start: try bytes.read(), expires: try bytes.read(),
            shadowed: try bytes.read(), usage: try bytes.read(), tableVersion: try bytes.read())
    }
}

extension Violation: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(key)
        bytes.write(limit)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(key: try bytes.read(), limit: try bytes.read())
    }
}

extension Violation.Limit: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(reason)
        switch self {
        case .rate(let rate): bytes.write(rate)
        case .pause(let pause): bytes.write(pause)
        case .maxConcurrent(let most), .globalMaxInflight(let most), .maxWaiters(let most), .maxKeys(let most):
            bytes.write(most)
        }
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        switch try String(from: &bytes) {
        case "rate": self = .rate(try bytes.read())
        case "pause": self = .pause(try bytes.read())
        case "max_concurrent": self = .maxConcurrent(try bytes.read())
        case "global_max_inflight": self = .globalMaxInflight(try bytes.read())
        case "max_waiters": self = .maxWaiters(try bytes.read())
        case "max_keys": self = .maxKeys(try bytes.read())
        case let reason: throw MalformedBytes("'\(reason)' is no limit")
        }
    }
}

extension Usage: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(key)
        bytes.write(windows)
        bytes.write(inFlight)
        bytes.write(maxConcurrent)
        bytes.write(waiting)
        bytes.write(mode)
        bytes.write(multiplier)
        bytes.write(pause)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            key: try bytes.read(), windows: try bytes.read(), inFlight: try bytes.read(),
            maxConcurrent: try bytes.read(), waiting: try bytes.read(), mode: try bytes.read(),
            multiplier: try bytes.read(), pause: try bytes.read())
    }
}

extension Usage.WindowUsage: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(rate)
        bytes.write(remaining)
        bytes.write(resets)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(rate: try bytes.read(), remaining: try bytes.read(), resets: try bytes.read())
    }
}
