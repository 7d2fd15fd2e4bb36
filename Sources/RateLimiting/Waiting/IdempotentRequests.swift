import DequeModule

/// What became of requests that carried an idempotency key: the newest of them, for an hour.
struct IdempotentRequests: Sendable {
    static let maximumKeys = 65_536
    /// Microseconds.
    static let lifetime: Int64 = 3_600_000_000

    enum Answer: Sendable {
        case waiting(WaiterID)
        case granted(Grant)
    }

    fileprivate struct Entry: Sendable {
        let request: AcquireRequest
        var answer: Answer
    }

    fileprivate var entries: [String: Entry] = [:]
    /// Oldest first. A key that was forgotten and came again stands here twice; its first place lets it go early.
    private var order: Deque<(key: String, ends: Timestamp)> = []

    /// The answer that the same request got before.
    ///
    /// - Throws: ``AcquireError/idempotencyKeyReused`` when it was another request.
    func answer(to request: AcquireRequest) throws(AcquireError) -> Answer? {
        guard let key = request.idempotencyKey, let entry = entries[key] else { return nil }
        guard entry.request == request else { throw .idempotencyKeyReused }
        return entry.answer
    }

    mutating func record(_ answer: Answer, to request: AcquireRequest, at now: Timestamp) {
        guard let key = request.idempotencyKey else { return }
        if entries.updateValue(Entry(request: request, answer: answer), forKey: key) == nil {
            order.append((key, now.advanced(by: Self.lifetime)))
        }
        while let oldest = order.first, oldest.ends <= now || order.count > Self.maximumKeys {
            order.removeFirst()
            entries[oldest.key] = nil
        }
    }

    /// A request that was denied or cancelled has consumed nothing and may be tried again under its key.
    mutating func forget(_ request: AcquireRequest) {
        if let key = request.idempotencyKey { entries[key] = nil }
    }
}

extension IdempotentRequests: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(entries)
        bytes.write(order.map(\.key))
        bytes.write(order.map(\.ends))
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        entries = try bytes.read()
        let keys = try bytes.read([String].self)
        order = Deque(zip(keys, try bytes.read([Timestamp].self)).map { ($0, $1) })
    }
}

extension IdempotentRequests.Entry: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(request)
        switch answer {
        case .waiting(let id):
            bytes.write(false)
            bytes.write(id)
        case .granted(let grant):
            bytes.write(true)
            bytes.write(grant)
        }
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        request = try bytes.read()
        answer = try Bool(from: &bytes) ? .granted(try bytes.read()) : .waiting(try bytes.read())
    }
}
