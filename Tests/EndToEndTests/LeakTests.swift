import Foundation
import ScriptedOrigin
import TestSupport
import Testing

/// A service that goes on for long among hosts that mean no good.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LeakTests {
    struct Misbehaviour: CustomTestStringConvertible, Sendable {
        let fault: String
        /// The status that the host answered, or the reason why there was no usable answer.
        let outcome: String
        /// What the deadline has to end may end soon; what is tried again needs its time.
        var timeoutMilliseconds = 5_000

        var testDescription: String { fault }
    }

    private static let misbehaviours = [
        Misbehaviour(fault: "429", outcome: "429"), Misbehaviour(fault: "429-retry-after", outcome: "429"),
        Misbehaviour(fault: "503", outcome: "503"), Misbehaviour(fault: "reset", outcome: "connect_error"),
        Misbehaviour(fault: "truncate", outcome: "truncated"),
        Misbehaviour(fault: "wrong-length", outcome: "truncated"),
        Misbehaviour(fault: "drip", outcome: "timeout", timeoutMilliseconds: 300),
        Misbehaviour(fault: "endless", outcome: "timeout", timeoutMilliseconds: 300),
        Misbehaviour(fault: "slow", outcome: "timeout", timeoutMilliseconds: 300),
        Misbehaviour(fault: "gzip-bomb", outcome: "undecodable"),
        Misbehaviour(fault: "redirect-loop", outcome: "too_many_redirects"),
        Misbehaviour(fault: "redirect-internal", outcome: "blocked_address"),
        Misbehaviour(fault: "wrong-type", outcome: "200"),
    ]

    @Test(
        "Whatever hosts do, it ends in its reason and in time, nothing stays behind, and other hosts do not notice",
        arguments: misbehaviours)
    func nothingStays(_ misbehaviour: Misbehaviour) async throws {
        let river = try await River(
            simulator: ["--generate", "12", "--fault", "\(misbehaviour.fault)=1", "--fault-every-request"],
            isJudging: false)
        // The others are reached directly.
        let fetching = try await FetchingService(environment: ["http_proxy": river.proxy, "no_proxy": "127.0.0.1"])
        let other = try await ScriptedOrigin.serving { _ in .ok("fine", ["Cache-Control": "no-store"]) }
        let urls = try await river.fileURLs()
        try #require(urls.count >= 3)

        // Connections, pools and arenas of memory are made by then.
        var outcomes = try await round(fetching, urls, misbehaviour, other)
        let (files, memory) = (try fetching.service.process.openFiles(), try fetching.service.process.residentBytes())
        for _ in 0..<3 { outcomes.formUnion(try await round(fetching, urls, misbehaviour, other)) }
        #expect(try fetching.service.process.openFiles() <= files + 16)
        #expect(try fetching.service.process.residentBytes() <= memory + 32 << 20)
        #expect(try fetching.files(in: "cache/incoming").isEmpty)

        let events = try fetching.events().filter { $0.role == "artifact" }
        outcomes.formUnion(events.compactMap(\.reason))
        // A host that keeps failing is left alone for a while.
        #expect(outcomes.subtracting(["breaker_open"]) == [misbehaviour.outcome])
        #expect(events.allSatisfy { ($0.totalMilliseconds ?? 0) < misbehaviour.timeoutMilliseconds + 1_000 })
    }

    /// Fetches every URL at the same time, and from another host meanwhile; then waits until nothing is held any more.
    ///
    /// - Returns: statuses and reasons of the answers that came whole.
    private func round(
        _ fetching: FetchingService, _ urls: [String], _ misbehaviour: Misbehaviour, _ other: ScriptedOrigin
    ) async throws -> Set<String> {
        let outcomes = try await withThrowingTaskGroup(of: String?.self) { group in
            for url in urls {
                group.addTask {
                    // A body that breaks off breaks the answer off, and the log tells why.
                    let answer = try? await fetching.fetch(
                        url, role: "artifact", timeoutMilliseconds: misbehaviour.timeoutMilliseconds)
                    guard let answer else { return nil }
                    let refusal = try? JSONDecoder().decode(Refusal.self, from: answer.body)
                    return refusal?.reason ?? "\(answer.status)"
                }
            }
            for _ in 0..<8 {
                group.addTask {
                    let answer = try await fetching.fetch("\(other.url)/")
                    #expect(answer.status == 200 && answer.body == Data("fine".utf8))
                    return nil
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.formUnion([$1].compactMap(\.self)) }
        }
        struct Held: Decodable {
            let inFlight: Int
            let waiting: Int

            enum CodingKeys: String, CodingKey {
                case inFlight = "in_flight"
                case waiting
            }
        }
        while true {
            let held = try JSONDecoder().decode(Held.self, from: try await fetching.service.get("/v1/usage").body)
            if held.inFlight == 0, held.waiting == 0 { break }
            await Task.yield()
        }
        let leases = try await fetching.service.get("/v1/leases").text
        #expect(leases == #"{"leases":[]}"#)
        return outcomes
    }

    private struct Refusal: Decodable {
        let reason: String
    }
}
