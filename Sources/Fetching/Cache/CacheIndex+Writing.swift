import Foundation
import GRDB
import HTTPCaching
import Synchronization

extension CacheIndex {
    /// Changes that wait for the writer: whoever comes first writes them all in one transaction.
    final class Waiting: Sendable {
        let changes = Mutex<[Pending]>([])
    }

    final class Pending: Sendable {
        let change: Change
        /// Why the transaction failed that it was part of.
        let failure = Mutex<(any Error)?>(nil)

        init(_ change: Change) {
            self.change = change
        }
    }

    enum Change: Sendable {
        case insert(CacheEntry, Set<CacheGroup>, usedAt: Int64)
        case update(CacheEntry, Set<CacheGroup>)
        case touch([Int64: Int64])
    }

    func insert(_ entry: CacheEntry, _ groups: Set<CacheGroup>, usedAt: Int64) async throws {
        try await write(.insert(entry, groups, usedAt: usedAt))
    }

    func update(_ entry: CacheEntry, _ groups: Set<CacheGroup>) async throws { try await write(.update(entry, groups)) }

    func touch(_ times: [Int64: Int64]) async throws { try await write(.touch(times)) }

    /// - Returns: those of them that were there.
    func remove(_ ids: [Int64]) async throws -> Set<Int64> {
        try await shielded { database in
            var removed: Set<Int64> = []
            try database.inTransaction {
                let statement = try database.cachedStatement(sql: "DELETE FROM entry WHERE id = ?")
                for id in ids {
                    try statement.execute(arguments: [id])
                    if database.changesCount > 0 { removed.insert(id) }
                }
                return .commit
            }
            return removed
        }
    }

    /// Files were moved for what is written here, or are going to be removed: it is written whoever stops waiting for it.
    private func shielded<Value: Sendable>(
        _ write: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await Task { try await pool.writeWithoutTransaction(write) }.value
    }

    private func write(_ change: Change) async throws {
        let pending = Pending(change)
        waiting.changes.withLock { $0.append(pending) }
        try await shielded { [waiting] database in
            let changes = waiting.changes.withLock { changes in
                defer { changes = [] }
                return changes
            }
            guard !changes.isEmpty else { return }
            do {
                try database.inTransaction {
                    for pending in changes { try Self.apply(pending.change, to: database) }
                    return .commit
                }
            } catch {
                for pending in changes { pending.failure.withLock { $0 = error } }
            }
        }
        if let failure = pending.failure.withLock({ $0 }) { throw failure }
    }

    private static func apply(_ change: Change, to database: Database) throws {
        switch change {
        case .insert(let entry, let groups, let usedAt):
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO entry (id, key, host, variant, response, file, length, digest, used_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            try statement.execute(arguments: [
                entry.id, entry.key.digest, entry.host, entry.variant, try encoded(entry.response), entry.body.name,
                entry.body.length, entry.body.digest, usedAt,
            ])
            try join(groups, entry, database)
        case .update(let entry, let groups):
            try database.execute(
                sql: "UPDATE entry SET response = ? WHERE id = ?",
                arguments: [try encoded(entry.response), entry.id])
            guard database.changesCount > 0 else { return }
            try database.execute(sql: "DELETE FROM membership WHERE entry = ?", arguments: [entry.id])
            try join(groups, entry, database)
        case .touch(let times):
            let statement = try database.cachedStatement(sql: "UPDATE entry SET used_at = ? WHERE id = ?")
            for (id, time) in times { try statement.execute(arguments: [time, id]) }
        }
    }

    private static func join(_ groups: Set<CacheGroup>, _ entry: CacheEntry, _ database: Database) throws {
        guard !groups.isEmpty else { return }
        let statement = try database.cachedStatement(sql: "INSERT INTO membership (grouping, entry) VALUES (?, ?)")
        for group in groups { try statement.execute(arguments: [group.digest, entry.id]) }
    }
}
