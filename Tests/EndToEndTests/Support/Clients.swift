import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Remote callers that ask for one unit after the other.
enum Clients {
    /// The starts that they were granted, in microseconds and in order.
    ///
    /// - Parameters:
    ///   - each: callers of each instance.
    ///   - count: of the grants so far.
    static func acquire(
        from instances: [Service], each: Int, for seconds: Int64, counting count: Shared<Int> = Shared(0)
    ) async throws -> [Int64] {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = each
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let end = ContinuousClock.now.advanced(by: .seconds(seconds))
        let starts = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for instance in instances {
                for _ in 0..<each {
                    group.addTask {
                        var starts: [Int64] = []
                        while ContinuousClock.now < end {
                            guard let start = try await Self.acquire(client, instance) else { continue }
                            starts.append(start)
                            count.value += 1
                        }
                        return starts
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        try await client.shutdown()
        return starts.sorted()
    }

    private static func acquire(_ client: HTTPClient, _ instance: Service) async throws -> Int64? {
        struct Grant: Decodable {
            let start: String

            enum CodingKeys: String, CodingKey {
                case start = "granted_at"
            }
        }
        var request = HTTPClientRequest(url: "\(instance.url)/v1/tokens/acquire")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: #"{"host":"a.example","role":"artifact","hold":false}"#))
        let response = try await client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 20)
        guard response.status == .ok else { return nil }
        return try microseconds(JSONDecoder().decode(Grant.self, from: Data(body.readableBytesView)).start)
    }
}
