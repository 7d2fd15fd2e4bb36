import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import ControlPlane
@testable import Harvesting

@Suite("A job whose record cannot be read", .timeLimit(.minutes(1))) struct UnreadableJobTests {
    @Test("keeps neither the service from starting nor other jobs from running")
    func start() async throws {
        try await withTemporaryFolder { folder in
            let request = JobRequest(urls: ["http://127.0.0.1:1/x"], resolvers: [.landingPage])
            let ids = try await Weir.running(in: folder) { weir, _ in
                let harvests = weir.harvests
                let bad = try await harvests.submit(request, logger: .silent).id
                let good = try await harvests.submit(request, logger: .silent).id
                try await harvests.manifest.pool.write { database in
                    try database.execute(sql: "UPDATE job SET request = '{\"urls\":7}' WHERE id = ?", arguments: [bad])
                }
                return [bad, good]
            }
            try await Weir.running(in: folder) { weir, client in
                let service = Task { try await weir.harvests.run() }
                defer { service.cancel() }
                for (id, state) in zip(ids, [JobState.failed, .succeeded]) {
                    while try await weir.harvests.manifest.unfinishedJobs().contains(where: { $0.id == id }) {
                        await Task.yield()
                    }
                    #expect(try await weir.harvests.manifest.job(id).state == state)
                }
                #expect(try await weir.harvests.manifest.job(ids[0]).reason == "unreadable")
                try await client.execute(uri: "/v1/jobs", method: .get) { answer in
                    #expect(answer.status == .ok)
                }
            }
        }
    }
}
