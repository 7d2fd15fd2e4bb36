import TestSupport
import Testing

@testable import RateLimiting

/// Callers while the log is silent, and while it is not.
@Suite(.timeLimit(.minutes(5))) struct UnavailableLogTests {
    private static let table: LimitTable = {
        let patch = PolicyPatch(maxDelayMilliseconds: 0, maxConcurrent: 8)
        return LimitTable(version: 1, document: LimitsDocument(defaults: ["r": patch], globalMaxInflight: 1 << 30))
    }()

    private static func request(_ host: String, weight: Int = 1, role: String = "r") -> AcquireRequest {
        AcquireRequest(
            claims: [.init(key: LimitKey(host: host, role: role), weight: weight)], wait: .client, hold: false)
    }

    private static func joining(
        _ log: MemoryLog, _ mode: FailureMode, patience: Duration = .milliseconds(50)
    ) async throws -> ReplicatedBackend {
        try await ReplicatedBackend.joining(
            log, as: Instance(name: "a", version: "0"), table: table, patience: patience,
            onFailure: FailurePolicy(mode))
    }

    @Test("What this process makes of an answer for many times its patience is no silence of the log")
    func ownWork() async throws {
        let backend = try await Self.joining(MemoryLog(), .deny, patience: .milliseconds(20))
        let answers = try await backend.begin((0..<10_000).map { Self.request("\($0)") })
        #expect(answers.count == 10_000)
        #expect(backend.isReachable() && backend.totals().keys == 10_000)
    }

    @Test(
        "A batch is decided as a whole while the log is away: each request has its own answer",
        arguments: [
            FailureMode.allow, .local,
        ])
    func batches(_ mode: FailureMode) async throws {
        let log = MemoryLog()
        let backend = try await Self.joining(log, mode)
        log.goAway()
        let requests = [Self.request("a"), Self.request("b", role: "unknown"), Self.request("c")]
        var answers: [Result<Acquisition, AcquireError>]?
        while answers == nil {
            // An instance has its share only once the others have set it aside.
            do { answers = try await backend.begin(requests) } catch is LimitLogUnavailable { await Task.yield() }
        }
        let decisions = (answers ?? []).map { answer in
            answer.map { acquisition -> DecisionBasis? in
                guard case .decided(let decision) = acquisition else { return nil }
                return decision.basis
            }
        }
        #expect(decisions.count == 3)
        for index in [0, 2] {
            switch (try decisions[index].get(), mode) {
            case (.unchecked?, .allow), (.share?, .local): break
            case (let basis, _): Issue.record("\(String(describing: basis))")
            }
        }
        #expect(decisions[1] == .failure(.unknownRole(claim: 0, role: "unknown")))
    }
}
