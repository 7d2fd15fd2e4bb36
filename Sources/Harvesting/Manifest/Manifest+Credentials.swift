import Foundation
import GRDB

extension Manifest {
    /// What the job brought for resolvers; kept until it is deleted, since it may be retried.
    ///
    /// - Throws: what reading throws; `CryptoKitError` where the key is not the one they were sealed with.
    func credentials(of id: String) async throws -> [ResolverName: String] {
        let text = try await pool.read { database in
            try String.fetchOne(database, sql: "SELECT credentials FROM job WHERE id = ?", arguments: [id])
        }
        return try text.map { try CredentialsKey(file: keyFile).opened($0, of: id) } ?? [:]
    }

    /// Encrypts credentials that an earlier version kept as they were, and leaves nothing of them in the file.
    func sealCredentials() async throws {
        let isChanged = try await pool.write { database in
            let rows = try Row.fetchAll(database, sql: "SELECT id, credentials FROM job WHERE credentials IS NOT NULL")
            let plain = rows.filter { !CredentialsKey.isSealed($0["credentials"]) }
            for row in plain {
                let (id, text): (String, String) = (row["id"], row["credentials"])
                // What nobody can read any more is no use to its job either.
                let credentials = try? JSONDecoder().decode([ResolverName: String].self, from: Data(text.utf8))
                try database.execute(
                    sql: "UPDATE job SET credentials = ? WHERE id = ?",
                    arguments: [try credentials.map { try CredentialsKey(file: keyFile).sealed($0, of: id) }, id])
            }
            return !plain.isEmpty
        }
        guard isChanged else { return }
        // Written anew, the file has no trace of what it had before, nor has its log.
        try await pool.vacuum()
        try await pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
}
