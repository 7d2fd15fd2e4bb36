import HeapModule

extension LimiterState: BinaryCodable {
    /// Everything that later decisions depend on, between two commands: nothing is left to be taken out.
    func write(to bytes: inout ByteWriter) {
        bytes.write(table)
        bytes.write(maxWaiters)
        bytes.write(maxKeys)
        bytes.write(keys)
        bytes.write(leases)
        bytes.write(pauses)
        bytes.write(waiters)
        bytes.write(idempotent)
        bytes.write(arrivals)
        bytes.write(instances)
        bytes.write(recovery)
        if case .past(let past) = unknown {
            bytes.write(past as UnknownUse.Past?)
        } else {
            bytes.write(UnknownUse.Past?.none)
        }
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            table: try bytes.read(), nonce: 0, maxWaiters: try bytes.read(), maxKeys: try bytes.read())
        keys = try bytes.read()
        leases = try bytes.read()
        pauses = try bytes.read()
        waiters = try bytes.read()
        idempotent = try bytes.read()
        arrivals = try bytes.read()
        instances = try bytes.read()
        portion = instances.portion
        recovery = try bytes.read()
        unknown = try bytes.read(UnknownUse.Past?.self).map { .past($0) }
        wakes = Heap(waiters.map { Wake(time: $0.value.due, waiter: $0.key) })
        ready = Heap(waiters.filter { if case .ready = $0.value.stage { true } else { false } }.keys)
        for place in keys.places(from: 0) where keys[place].tableVersion == table.version {
            guard let policy = table.place(of: keys[place].key) else { throw MalformedBytes("a key of no policy") }
            keys[place].policy = policy
            scaleWindows(of: place)
        }
    }
}
