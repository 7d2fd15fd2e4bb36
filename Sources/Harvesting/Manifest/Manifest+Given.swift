import Foundation
import GRDB

extension Manifest {
    /// Works that were given to a job, from a position on; their DOIs normalized.
    func given(to job: String, from position: Int, limit: Int) async throws -> [GivenWork] {
        try await pool.read { database in
            try String.fetchAll(
                database, sql: "SELECT entry FROM given WHERE job_id = ? AND position >= ? ORDER BY position LIMIT ?",
                arguments: [job, position, limit]
            ).map { try JSONDecoder().decode(GivenWork.self, from: Data($0.utf8)) }
        }
    }
}
