import Foundation
import Testing

extension Service {
    /// Returns once so many callers wait.
    func waiting(_ count: Int) async throws {
        struct Usage: Decodable {
            let waiting: Int
        }
        while try JSONDecoder().decode(Usage.self, from: try await get("/v1/usage").body).waiting != count {
            await Task.yield()
        }
    }
}

/// The microseconds within the day, and the day's number, of an RFC 3339 time.
func microseconds(_ text: String) throws -> Int64 {
    let match = try #require(text.firstMatch(of: #/^(.*)\.(\d{6})Z$/#))
    let seconds = try Date("\(match.1)Z", strategy: .iso8601).timeIntervalSince1970
    return Int64(seconds) * 1_000_000 + (Int64(match.2) ?? 0)
}
