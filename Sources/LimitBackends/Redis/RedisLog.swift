package import NIOSSL
package import RateLimiting
import Synchronization

/// The log in a Redis: each exchange is one script, so one step there, at the server's time.
///
/// What Redis loses, by a restart or a failover, the instances still have: the first that comes begins the log anew.
package final class RedisLog: LimitLog {
    private let nodes: RedisNodes
    /// For checkpoints: no exchange stands behind one on its connection.
    let checkpointNodes: RedisNodes
    let keys: [[UInt8]]
    let channel: String
    private let state = Mutex(State())

    private struct State {
        var subscription: RedisConnection?
        /// Number of the newest entry that was published.
        var newest: Int64 = 0
        /// Those who wait for news.
        var listeners: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var listenersMade: UInt64 = 0
    }

    /// How long those who wait for news wait where none is published.
    private static let fallback = Duration.milliseconds(500)
    /// How long a log is kept that nobody uses: longer than any window.
    static let keptMilliseconds = 400 * 86_400_000

    private static let exchange = RedisScript(PackageResources.exchange_lua)
    static let begin = RedisScript(PackageResources.begin_lua)
    static let leave = RedisScript(PackageResources.leave_lua)
    static let checkpoint = RedisScript(PackageResources.checkpoint_lua)

    /// - Parameters:
    ///   - roots: certificates that are trusted besides those of the system.
    ///   - namespace: before the names of all keys, and their hash tag: they lie together in a cluster.
    ///   - part: of the namespace, with a hash tag of its own.
    package init(
        _ address: RedisAddress, trusting roots: [NIOSSLCertificate] = [], namespace: String = "weir",
        part: Int? = nil
    ) {
        nodes = RedisNodes(address, trusting: roots)
        checkpointNodes = RedisNodes(address, trusting: roots)
        let tag = namespace + (part.map { "/\($0)" } ?? "")
        keys = ["head", "entries", "checkpoint"].map { Array("{\(tag)}:\($0)".utf8) }
        channel = "{\(tag)}:news"
    }

    deinit { state.withLock { $0.subscription?.close() } }

    package func exchange(
        _ batch: LogBatch?, after position: LogPosition, on condition: LogCondition
    ) async throws(LimitLogUnavailable) -> LogAnswer {
        let reply = try await run(
            Self.exchange, on: nodes, keys,
            [
                Array("\(position.number)".utf8), Self.text(position.mark), batch.map { Self.text($0.mark) } ?? [],
                batch?.bytes ?? [], Array(condition.rawValue.utf8), Array("\(Self.keptMilliseconds)".utf8),
                Array(channel.utf8),
            ])
        guard let parts = reply.elements, let kind = parts.first?.text else { throw Self.unexpected(reply) }
        switch kind {
        case "lost": return .lost
        case "dropped": return .dropped
        case "interrupted": return .interrupted
        default: break
        }
        guard parts.count == 4, let time = parts[1].number, let isAppended = parts[2].number,
            let texts = parts[3].elements
        else { throw Self.unexpected(reply) }
        var entries: [LogEntry] = []
        for text in texts {
            guard let entry = Self.entry(text, number: position.number + Int64(entries.count) + 1) else {
                throw Self.unexpected(text)
            }
            entries.append(entry)
        }
        if isAppended == 1, let batch {
            let number = position.number + Int64(entries.count) + 1
            entries.append(
                LogEntry(
                    position: LogPosition(number: number, mark: batch.mark), time: Timestamp(microseconds: time),
                    bytes: batch.bytes))
        }
        return .entries(entries, time: Timestamp(microseconds: time))
    }

    /// Sixteen characters.
    static func text(_ mark: UInt64) -> [UInt8] { padded(String(mark, radix: 16)) }

    static func padded(_ text: String) -> [UInt8] {
        Array(repeating: UInt8(ascii: "0"), count: max(0, 16 - text.utf8.count)) + text.utf8
    }

    private static func entry(_ value: RedisValue, number: Int64) -> LogEntry? {
        guard case .bytes(let bytes) = value, bytes.count >= 32,
            let mark = UInt64(String(decoding: bytes[..<16], as: UTF8.self), radix: 16),
            let time = Int64(String(decoding: bytes[16..<32], as: UTF8.self))
        else { return nil }
        return LogEntry(
            position: LogPosition(number: number, mark: mark), time: Timestamp(microseconds: time),
            bytes: Array(bytes[32...]))
    }

    static func unexpected(_ value: RedisValue) -> LimitLogUnavailable {
        LimitLogUnavailable("Redis replied what no script of this version does")
    }

    // MARK: Connections

    func run(
        _ script: RedisScript, on nodes: RedisNodes, _ keys: [[UInt8]], _ arguments: [[UInt8]]
    ) async throws(LimitLogUnavailable) -> RedisValue {
        let tail = [Array("\(keys.count)".utf8)] + keys + arguments
        do {
            do {
                return try await nodes.call { run in ["EVALSHA".bytes, script.digest] + tail + [run] }
            } catch let failure as RedisFailure where failure.kind == "NOSCRIPT" {
                return try await nodes.call { run in ["EVAL".bytes, script.text] + tail + [run] }
            }
        } catch {
            throw unavailable(error)
        }
    }

    func unavailable(_ error: any Error) -> LimitLogUnavailable {
        let text = "\(error)"
        let place = nodes.current.map { "\($0): " } ?? ""
        return LimitLogUnavailable(text.hasPrefix(place) ? text : place + text)
    }

    package func news(after position: LogPosition) async throws(LimitLogUnavailable) {
        do {
            try await subscribe()
        } catch {
            throw unavailable(error)
        }
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state -> UInt64? in
            guard state.newest <= position.number else { return nil }
            state.listenersMade += 1
            state.listeners[state.listenersMade] = continuation
            return state.listenersMade
        }
        guard let id else { return }
        defer { state.withLock { $0.listeners[id] = nil } }
        let timeout = Task {
            try? await Task.sleep(for: Self.fallback)
            continuation.finish()
        }
        defer { timeout.cancel() }
        for await _ in stream { return }
    }

    private func subscribe() async throws {
        guard state.withLock({ $0.subscription?.isOpen != true }) else { return }
        let subscription = try await nodes.subscribe(to: channel) { [weak self] message in
            if let number = message.elements?.last?.number { self?.tell(number) }
        }
        state.withLock { $0.subscription = subscription }
    }

    private func tell(_ number: Int64) {
        let listeners = state.withLock { state in
            // After the log was lost it may begin at a lower one again.
            state.newest = number
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}
