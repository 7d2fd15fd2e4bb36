package import RateLimiting

/// Checkpoints go to Redis and come from it in pieces, and take effect in one short step: Redis does one thing at a
/// time, and a large value that a script takes or gives would keep everybody waiting.
extension RedisLog {
    /// Bytes that are moved at once.
    private static let pieceBytes = 1 << 18
    /// How long the pieces of a checkpoint are kept that nobody completes.
    private static let abandonedMilliseconds = 600_000
    /// How often a checkpoint is read again because another one has come in its place.
    private static let mostTries = 8

    package func checkpoint() async throws(LimitLogUnavailable) -> LogCheckpoint? {
        for _ in 0..<Self.mostTries {
            guard let place = try await checkpointPlace() else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(place.length)
            while bytes.count < place.length {
                let end = min(bytes.count + Self.pieceBytes, place.length) - 1
                let reply = try await call(["GETRANGE".bytes, keys[2], "\(bytes.count)".bytes, "\(end)".bytes])
                guard case .bytes(let piece) = reply else { throw Self.unexpected(reply) }
                if piece.isEmpty { break }
                bytes += piece
            }
            if bytes.count == place.length, try await checkpointPlace() == place {
                return LogCheckpoint(position: place.position, time: place.time, bytes: bytes)
            }
        }
        throw LimitLogUnavailable("its checkpoint was replaced \(Self.mostTries) times while it was read")
    }

    private struct CheckpointPlace: Equatable {
        let position: LogPosition
        let time: Timestamp
        /// In bytes.
        let length: Int
    }

    private func checkpointPlace() async throws(LimitLogUnavailable) -> CheckpointPlace? {
        let reply = try await run(Self.checkpoint, on: checkpointNodes, keys, [])
        guard let parts = reply.elements else { throw Self.unexpected(reply) }
        if parts.isEmpty { return nil }
        guard parts.count == 4, let number = parts[0].number,
            let mark = parts[1].text.flatMap({ UInt64($0, radix: 16) }), let time = parts[2].number,
            let length = parts[3].number
        else { throw Self.unexpected(reply) }
        return CheckpointPlace(
            position: LogPosition(number: number, mark: mark), time: Timestamp(microseconds: time),
            length: Int(length))
    }

    package func leave(_ checkpoint: LogCheckpoint) async throws(LimitLogUnavailable) {
        _ = try await complete(Self.leave, checkpoint)
    }

    package func begin(with checkpoint: LogCheckpoint) async throws(LimitLogUnavailable) -> Bool {
        try await complete(Self.begin, checkpoint, [channel.bytes]).number == 1
    }

    /// Uploads the pieces under a name that nobody else knows, and runs the script that puts them where they belong.
    private func complete(
        _ script: RedisScript, _ checkpoint: LogCheckpoint, _ others: [[UInt8]] = []
    ) async throws(LimitLogUnavailable) -> RedisValue {
        let name = keys[2] + ":".bytes + Self.text(.random(in: .min ... .max))
        // The last one first: Redis makes room for all of them then.
        for start in stride(from: 0, to: checkpoint.bytes.count, by: Self.pieceBytes).reversed() {
            let piece = Array(checkpoint.bytes[start...].prefix(Self.pieceBytes))
            _ = try await call(["SETRANGE".bytes, name, "\(start)".bytes, piece])
            if start + piece.count < checkpoint.bytes.count { continue }
            _ = try await call(["PEXPIRE".bytes, name, "\(Self.abandonedMilliseconds)".bytes])
        }
        return try await run(
            script, on: checkpointNodes, keys + [name],
            [
                "\(checkpoint.position.number)".bytes, Self.text(checkpoint.position.mark),
                Self.padded("\(checkpoint.time.microseconds)"), "\(checkpoint.bytes.count)".bytes,
                "\(Self.keptMilliseconds)".bytes,
            ] + others)
    }

    private func call(_ command: [[UInt8]]) async throws(LimitLogUnavailable) -> RedisValue {
        do { return try await checkpointNodes.call { _ in command } } catch { throw unavailable(error) }
    }
}
