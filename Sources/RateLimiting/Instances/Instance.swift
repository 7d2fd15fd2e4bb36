/// A process that decides by the limits of a backend.
package struct Instance: Hashable, Sendable {
    /// Its own, for as long as it runs.
    package let id: UInt64
    /// Where it runs, for people.
    package let name: String
    /// Of Weir.
    package let version: String

    package init(id: UInt64 = .random(in: .min ... .max), name: String, version: String) {
        self.id = id
        self.name = name
        self.version = version
    }
}

/// An instance and when it was heard of, on the backend's clock.
package struct InstanceReport: Hashable, Sendable {
    package let instance: Instance
    package let joined: Timestamp
    package let lastSeen: Timestamp

    package init(instance: Instance, joined: Timestamp, lastSeen: Timestamp) {
        self.instance = instance
        self.joined = joined
        self.lastSeen = lastSeen
    }
}

/// The instances that are heard of every second or so.
struct InstanceTable: Sendable {
    /// How long one is held to be alive that was not heard of, in microseconds.
    static let silence: Int64 = 3_000_000

    private var reports: [UInt64: InstanceReport] = [:]

    mutating func heard(_ instance: Instance, at now: Timestamp) {
        let joined = reports[instance.id]?.joined ?? now
        reports[instance.id] = InstanceReport(instance: instance, joined: joined, lastSeen: now)
        reports = reports.filter { $0.value.lastSeen.advanced(by: Self.silence) > now }
    }

    mutating func left(_ id: UInt64) { reports[id] = nil }

    /// Those that are alive, in the order in which they joined.
    func alive(at now: Timestamp) -> [InstanceReport] {
        reports.values.filter { $0.lastSeen.advanced(by: Self.silence) > now }
            .sorted { ($0.joined, $0.instance.id) < ($1.joined, $1.instance.id) }
    }
}

extension Instance: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(id)
        bytes.write(name)
        bytes.write(version)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(id: try bytes.read(), name: try bytes.read(), version: try bytes.read())
    }
}

extension InstanceReport: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(instance)
        bytes.write(joined)
        bytes.write(lastSeen)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(instance: try bytes.read(), joined: try bytes.read(), lastSeen: try bytes.read())
    }
}

extension InstanceTable: BinaryCodable {
    func write(to bytes: inout ByteWriter) { bytes.write(reports) }
    init(from bytes: inout ByteReader) throws(MalformedBytes) { reports = try bytes.read() }
}
