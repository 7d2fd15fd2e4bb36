import Foundation
import RateLimiting
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Tokens without HTTP")
struct TokenServiceTests {
    private let clock = ManualClock()
    private let limits: MemoryBackend
    private let tokens: TokenService

    init() throws {
        let patch = PolicyPatch(rates: [try Rate(parsing: "1/MINUTE")], maxDelayMilliseconds: 60_000)
        limits = MemoryBackend(
            table: LimitTable(version: 1, document: LimitsDocument(defaults: ["r": patch])), clock: clock,
            wallClock: Timestamp(microseconds: 0))
        tokens = TokenService(limits: limits)
    }

    private func body(_ json: String) throws -> AcquireBody {
        try JSON.decode(AcquireBody.self, from: Array(json.utf8), within: .body)
    }

    private func grant(_ answer: TokenService.Answer) throws -> Grant {
        guard case .granted(let grant) = answer.decision else { throw Unexpected(answer: answer) }
        return grant
    }

    private struct Unexpected: Error {
        let answer: TokenService.Answer
    }

    @Test("are granted, checked, renewed and released by typed results")
    func granted() async throws {
        let ask = try body(#"{"host":"A.example","role":"r","client":"me"}"#)
        let answer = try await tokens.acquire(ask, idempotencyKey: nil, over: Steady())
        #expect(answer.request.claims == [.init(key: LimitKey(host: "a.example", role: "r"))])
        let lease = try #require(try grant(answer).lease).description
        guard case .granted(let next) = try await tokens.check(ask).decision else {
            Issue.record("a wait of a minute was denied")
            return
        }
        #expect(next.start == Timestamp(microseconds: 60_000_000))
        let renewed = try await tokens.renew(RenewBody(lease: lease, leaseTTLMilliseconds: 5000))
        #expect(renewed == .renewed(expires: Timestamp(microseconds: 5_000_000)))
        let release = ReleaseBody(lease: lease, unused: true, outcome: nil)
        #expect(try await tokens.release(release) == .released)
        #expect(try await tokens.release(release) == .alreadyReleased)
        #expect(try await tokens.release(ReleaseBody(lease: "?", unused: nil, outcome: nil)) == .unknown)
        #expect(try await tokens.renew(RenewBody(lease: "?", leaseTTLMilliseconds: nil)) == .unknown)
    }

    @Test("are refused with every field that is wrong")
    func invalid() async throws {
        let wrong = try body(#"{"claims":[{"host":"a b","role":"r","weight":0}],"wait":"no","client":""}"#)
        func fields(_ operation: () async throws -> Void) async -> [String] {
            do {
                try await operation()
                return []
            } catch {
                return (error as? InvalidFields)?.fields.map(\.path) ?? ["\(error)"]
            }
        }
        let paths = ["claims[0].weight", "claims[0].host", "wait", "client"]
        #expect(
            await fields { _ = try await tokens.acquire(wrong, idempotencyKey: nil, over: Steady()) } == paths)
        #expect(await fields { _ = try await tokens.check(wrong) } == paths)
        let fine = try body(#"{"host":"a","role":"r"}"#)
        #expect(
            await fields { _ = try await tokens.acquire(fine, idempotencyKey: "a b", over: Steady()) }
                == ["Idempotency-Key"])
        #expect(
            await fields {
                _ = try await tokens.acquire(
                    BatchBody(requests: [fine, wrong]), idempotencyKey: nil, over: Steady())
            } == paths.map { "requests[1].\($0)" })
        #expect(
            await fields {
                _ = try await tokens.acquire(BatchBody(requests: []), idempotencyKey: "", over: Steady())
            } == ["requests"])
        #expect(
            await fields { _ = try await tokens.renew(RenewBody(lease: "?", leaseTTLMilliseconds: 0)) }
                == ["lease_ttl_ms"])
        let outcome = OutcomeBody(status: 1, retryAfterSeconds: -1, remaining: nil, resetSeconds: nil, host: nil)
        #expect(
            await fields { _ = try await tokens.release(ReleaseBody(lease: "?", unused: nil, outcome: outcome)) }
                == ["outcome.status", "outcome.retry_after_s"])
        await #expect(throws: AcquireError.unknownRole(claim: 0, role: "q")) {
            try await tokens.acquire(try body(#"{"host":"a","role":"q"}"#), idempotencyKey: nil, over: Steady())
        }
        #expect(limits.totals().keys == 0)
    }

    @Test("are decided each by itself in a batch")
    func batch() async throws {
        let bodies = try [
            #"{"host":"a","role":"r"}"#, #"{"host":"a","role":"r","max_wait_ms":0}"#, #"{"host":"a","role":"q"}"#,
        ].map(body)
        let results = try await tokens.acquire(BatchBody(requests: bodies), idempotencyKey: "k", over: Steady())
        #expect(results.count == 3)
        let first = try results[0].get()
        _ = try grant(first)
        #expect(first.request.idempotencyKey == "k#0")
        guard case .denied(let denial) = try results[1].get().decision else {
            Issue.record("two units in a window of one")
            return
        }
        #expect(denial.retryAt == Timestamp(microseconds: 60_000_000))
        #expect(throws: AcquireError.unknownRole(claim: 0, role: "q")) { try results[2].get() }
    }

    @Test("are not taken for a caller that disconnects while it waits")
    func disconnected() async throws {
        let ask = try body(#"{"host":"a","role":"r"}"#)
        let first = try grant(try await tokens.acquire(ask, idempotencyKey: nil, over: Steady()))
        await #expect(throws: CancellationError.self) {
            try await tokens.acquire(ask, idempotencyKey: nil, over: Lost())
        }
        let other = try body(#"{"host":"b","role":"r"}"#)
        await #expect(throws: CancellationError.self) {
            try await tokens.acquire(BatchBody(requests: [other, ask]), idempotencyKey: nil, over: Lost())
        }
        // What the batch was granted at once is given back: only the first lease is held.
        #expect(limits.leases(ListRequest(), client: nil).elements.map(\.id) == [try #require(first.lease)])
        #expect(limits.totals().waiting == 0)
        clock.advance(by: .seconds(60))
        let next = try grant(try await tokens.acquire(ask, idempotencyKey: nil, over: Steady()))
        #expect(next.start == Timestamp(microseconds: 60_000_000))
    }

    @Test("are given by sources that know no HTTP")
    func imports() throws {
        let sources = URL(filePath: #filePath).appending(path: "../../../Sources/ControlPlane").standardizedFileURL
        let folder = sources.appending(path: "Tokens")
        let own = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let bodies = ["AcquireBody", "AcquireBody+Request", "LeaseBodies"].map {
            sources.appending(path: "API/Tokens/\($0).swift")
        }
        #expect(own.count > 3)
        for file in own + bodies {
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            let imports = lines.filter { $0.hasPrefix("import ") }.map { String($0.dropFirst(7)) }
            #expect(Set(imports).isSubset(of: ["Fetching", "Harvesting", "RateLimiting"]), "\(file.path())")
            #expect(!lines.contains { $0.contains("Problem") }, "\(file.path())")
        }
    }
}

/// A connection that lasts.
private struct Steady: CallerConnection {
    func whileConnected<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await operation()
    }

    func ifUndelivered(_ action: @escaping @Sendable () -> Void) {}
}

/// A connection that is lost as soon as the caller has to wait.
private struct Lost: CallerConnection {
    func whileConnected<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await operation() }
        task.cancel()
        return try await task.value
    }

    func ifUndelivered(_ action: @escaping @Sendable () -> Void) {}
}
