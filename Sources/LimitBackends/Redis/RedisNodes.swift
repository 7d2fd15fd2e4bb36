import NIOCore
import NIOSSL
import Synchronization

/// Whichever of several servers has the log: those of the address, and the cluster that they belong to. Commands are
/// pipelined on one connection to it, and follow it when it moves.
final class RedisNodes: Sendable {
    private let address: RedisAddress
    private let roots: [NIOSSLCertificate]
    private let state: Mutex<State>

    private struct State {
        /// The first is where the log was last.
        var servers: [RedisNode]
        var connection: RedisConnection?
        /// Whoever connects; the others wait for it.
        var connecting: Task<RedisConnection, any Error>?
    }

    private static let deadline = TimeAmount.seconds(1)
    /// Redirections that one command follows.
    private static let mostRedirections = 5
    private static let mostServers = 64

    init(_ address: RedisAddress, trusting roots: [NIOSSLCertificate]) {
        self.address = address
        self.roots = roots
        state = Mutex(State(servers: address.servers))
    }

    deinit { state.withLock { $0.connection?.close() } }

    var current: RedisNode? { state.withLock(\.servers.first) }

    /// - Parameter command: for a run of a server, ``RedisConnection/run``.
    /// - Throws: ``RedisFailure`` that was replied; what kept it from being sent, or ended the connection.
    func call(_ command: (_ run: [UInt8]) -> [[UInt8]]) async throws -> RedisValue {
        for _ in 0..<Self.mostRedirections {
            let connection = try await connection()
            do {
                return try await connection.call(command(connection.run), within: Self.deadline)
            } catch let failure as RedisFailure {
                switch failure.redirection(from: connection.server) {
                case .moved(let server): turn(to: server, from: connection)
                case .ask(let server): return try await ask(server, command)
                case .elsewhere: turn(to: nil, from: connection)
                case nil: throw failure
                }
            }
        }
        throw RedisFailure(description: "no server has the log after \(Self.mostRedirections) redirections")
    }

    /// A key on its way to another server is asked for there, once.
    private func ask(
        _ server: RedisNode, _ command: (_ run: [UInt8]) -> [[UInt8]]
    ) async throws -> RedisValue {
        let connection = try await RedisConnection.connect(to: server, of: address, trusting: roots)
        defer { connection.close() }
        let arguments = command(connection.run)
        async let asking = connection.call(["ASKING"], within: Self.deadline)
        async let reply = connection.call(arguments, within: Self.deadline)
        _ = try await asking
        return try await reply
    }

    /// A connection of its own to where the log is, for what is published.
    func subscribe(
        to channel: String, _ onMessage: @escaping @Sendable (RedisValue) -> Void
    ) async throws -> RedisConnection {
        let server = try await connection().server
        let subscription = try await RedisConnection.connect(
            to: server, of: address, trusting: roots, onMessage: onMessage)
        _ = try await subscription.call(["SUBSCRIBE", channel], within: Self.deadline)
        return subscription
    }

    /// Goes on with another server.
    ///
    /// - Parameter server: `nil` is the next one that is known.
    private func turn(to server: RedisNode?, from connection: RedisConnection) {
        state.withLock { state in
            guard state.servers.first == connection.server else { return }
            if let server {
                state.servers.removeAll { $0 == server }
                state.servers.insert(server, at: 0)
            } else {
                state.servers.append(state.servers.removeFirst())
            }
            state.connection = nil
        }
        connection.close()
    }

    private func connection() async throws -> RedisConnection {
        let (open, task) = state.withLock { state -> (RedisConnection?, Task<RedisConnection, any Error>?) in
            if let connection = state.connection, connection.isOpen { return (connection, nil) }
            if let connecting = state.connecting { return (nil, connecting) }
            let task = Task { [servers = state.servers] in try await self.connect(servers) }
            state.connecting = task
            return (nil, task)
        }
        if let open { return open }
        guard let task else { throw CancellationError() }
        let result = await task.result
        state.withLock { state in
            guard state.connecting == task else { return }
            state.connecting = nil
            if case .success(let connection) = result { state.connection = connection }
        }
        return try result.get()
    }

    /// Connects to the first server that lets it, and asks it for those that it knows.
    private func connect(_ servers: [RedisNode]) async throws -> RedisConnection {
        var problems: [String] = []
        for server in servers {
            do {
                let connection = try await RedisConnection.connect(to: server, of: address, trusting: roots)
                // Where it is no cluster, that is an error, and all that is known is in the address.
                let slots = try? await connection.call(["CLUSTER", "SLOTS"], within: Self.deadline)
                let others = slots.map { Self.servers(in: $0, beside: server) } ?? []
                state.withLock { state in
                    state.servers.removeAll { $0 == server }
                    state.servers.insert(server, at: 0)
                    for other in others where !state.servers.contains(other) && state.servers.count < Self.mostServers {
                        state.servers.append(other)
                    }
                }
                return connection
            } catch {
                problems.append("\(server): \(RedisConnection.words(for: error))")
            }
        }
        throw RedisFailure(description: problems.joined(separator: "; "))
    }

    /// Those of a reply to `CLUSTER SLOTS`: ranges of slots, each with its primary and its replicas.
    private static func servers(in slots: RedisValue, beside server: RedisNode) -> [RedisNode] {
        (slots.elements ?? []).flatMap { range in
            (range.elements ?? []).dropFirst(2).compactMap { node in
                guard let parts = node.elements, parts.count >= 2, let port = parts[1].number else { return nil }
                let host = parts[0].text.flatMap { $0.isEmpty ? nil : $0 } ?? server.host
                return RedisNode(host: host, port: port)
            }
        }
    }
}

/// Where a command is to be sent instead.
enum RedisRedirection: Hashable {
    /// For good.
    case moved(RedisNode)
    /// This once.
    case ask(RedisNode)
    /// To another one, it is not said which.
    case elsewhere
}

extension RedisFailure {
    /// `MOVED 3999 127.0.0.1:6381`, `ASK` alike; a replica that was asked to write, a server without its cluster.
    ///
    /// - Parameter server: who replied; its host stands in where none is named.
    func redirection(from server: RedisNode) -> RedisRedirection? {
        switch kind {
        case "MOVED", "ASK":
            let words = description.split(separator: " ")
            guard words.count >= 3, let colon = words[2].lastIndex(of: ":"),
                let port = Int64(words[2][words[2].index(after: colon)...])
            else { return nil }
            let host = String(words[2][..<colon])
            guard let target = RedisNode(host: host.isEmpty ? server.host : host, port: port) else { return nil }
            return kind == "MOVED" ? .moved(target) : .ask(target)
        case "READONLY", "CLUSTERDOWN", "MASTERDOWN": return .elsewhere
        default: return nil
        }
    }
}
