/// A process that decides by the limits of a backend.
package struct Instance: Hashable, Sendable {
    /// Its own, for as long as it runs.
    package let id: UInt64
    /// Where it runs: two that run at the same time have different ones.
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
    package internal(set) var lastSeen: Timestamp
    /// What is set aside for it when it is cut off; `nil` where it would not decide alone.
    package internal(set) var share: Share?
    /// Whether it is: its share is its own until it is back, or given up.
    package internal(set) var isCutOff = false

    package init(
        instance: Instance, joined: Timestamp, lastSeen: Timestamp, share: Share? = nil, isCutOff: Bool = false
    ) {
        self.instance = instance
        self.joined = joined
        self.lastSeen = lastSeen
        self.share = share
        self.isCutOff = isCutOff
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
        bytes.write(share)
        bytes.write(isCutOff)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            instance: try bytes.read(), joined: try bytes.read(), lastSeen: try bytes.read(), share: try bytes.read(),
            isCutOff: try bytes.read())
    }
}
