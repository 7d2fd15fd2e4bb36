/// Three primaries that share the slots, and a replica of each.
package final class RedisCluster: Sendable {
    package let servers: [RedisServer]

    package init() async throws {
        var servers: [RedisServer] = []
        for _ in 0..<6 {
            servers.append(
                try await RedisServer(arguments: [
                    "--cluster-enabled", "yes", "--cluster-port", "\(try FreePort.find())", "--cluster-node-timeout",
                    "500", "--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0",
                ]))
        }
        self.servers = servers
        let addresses = servers.map { "127.0.0.1:\($0.port)" }
        let create = ["--cluster", "create"] + addresses + ["--cluster-replicas", "1", "--cluster-yes"]
        let client = try RunningProcess("/usr/bin/redis-cli", create)
        guard await client.exit() == 0 else { throw RunningProcess.EndedEarly(output: client.output) }
        for server in servers {
            while try await !server.run(["CLUSTER", "INFO"]).contains(where: { $0.hasPrefix("cluster_state:ok") }) {
                await Task.yield()
            }
        }
        // A replica takes over only what it has a copy of.
        for server in servers {
            while try await server.run(["INFO", "replication"]).contains(where: {
                $0.hasPrefix("master_link_status:down")
            }) {
                await Task.yield()
            }
        }
    }

    package func slot(of key: String) async throws -> String {
        try await servers[0].run(["CLUSTER", "KEYSLOT", key]).joined()
    }

    /// The primary that has a slot.
    package func owner(of slot: String) async throws -> RedisServer? {
        guard let slot = Int(slot) else { return nil }
        // id, address@bus, flags, its primary, ping, pong, epoch, link, slots…
        for line in try await servers.last?.run(["CLUSTER", "NODES"]) ?? [] {
            let words = line.split(separator: " ")
            guard words.count > 8, words[2].contains("master"), !words[2].contains("fail") else { continue }
            let isOwner = words[8...].contains { range in
                let ends = range.split(separator: "-").compactMap { Int($0) }
                guard let first = ends.first, let last = ends.last else { return false }
                return first <= slot && slot <= last
            }
            if isOwner { return servers.first { words[1].hasPrefix("127.0.0.1:\($0.port)@") } }
        }
        return nil
    }

    package func id(of server: RedisServer) async throws -> String {
        try await server.run(["CLUSTER", "MYID"]).joined()
    }

    /// Moves a slot with its keys; `between` is called while they are gone and nobody has been told.
    package func move(
        _ slot: String, from source: RedisServer, to target: RedisServer, between: () async throws -> Void
    ) async throws {
        let from = try await id(of: source)
        let to = try await id(of: target)
        try await target.run(["CLUSTER", "SETSLOT", slot, "IMPORTING", from])
        try await source.run(["CLUSTER", "SETSLOT", slot, "MIGRATING", to])
        let keys = try await source.run(["CLUSTER", "GETKEYSINSLOT", slot, "100"]).filter { !$0.isEmpty }
        try await source.run(["MIGRATE", "127.0.0.1", "\(target.port)", "", "0", "5000", "KEYS"] + keys)
        try await between()
        for server in [target, source] { try await server.run(["CLUSTER", "SETSLOT", slot, "NODE", to]) }
    }
}
