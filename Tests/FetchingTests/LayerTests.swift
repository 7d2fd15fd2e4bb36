import HTTPTypes
import NIOCore
import RateLimiting
import Synchronization
import Testing

@testable import Fetching

/// An upstream that answers what it is told.
private struct CannedTransport: Transport {
    var status = 200
    var headers: HTTPFields = [:]
    var chunks: [String] = ["body"]
    var failure: FetchError?
    var whileSending: @Sendable () async throws -> Void = {}

    func withResponse<Result: Sendable>(
        to request: FetchRequest, _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        try await whileSending()
        if let failure { throw failure }
        let bytes = AsyncThrowingStream<ByteBuffer, any Error> { stream in
            for chunk in chunks { stream.yield(ByteBuffer(string: chunk)) }
            stream.finish()
        }
        return try await consume(
            FetchResponse(
                status: .init(code: status), headers: headers, body: FetchBody(bytes), address: request.address))
    }
}

@Suite struct LayerTests {
    private func request(limit: Int = 1000, timeout: Duration = .seconds(60)) throws -> FetchRequest {
        FetchRequest(
            try WebAddress(parsing: "http://a.example/f"), role: .artifact, maximumBodyBytes: limit, timeout: timeout)
    }

    private func limits(maxConcurrent: Int = 1, rates: String = "100/SECOND") throws -> MemoryBackend {
        let policy = PolicyPatch(rates: [try Rate(parsing: rates)], maxConcurrent: maxConcurrent)
        return MemoryBackend(
            table: LimitTable(version: 1, document: LimitsDocument(defaults: ["artifact": policy])),
            clock: ContinuousClock(),
            wallClock: Timestamp(microseconds: 0))
    }

    @Test func permissionIsHeldUntilTheBodyHasEnded() async throws {
        let limits = try limits()
        let text = try await LimitLayer(limits, CannedTransport()).withResponse(to: request()) { response in
            #expect(limits.totals().inFlight == 1)
            let text = String(buffer: try await response.body.collect())
            #expect(limits.totals().inFlight == 1)
            return text
        }
        #expect(text == "body")
        #expect(limits.totals().inFlight == 0)
    }

    @Test func permissionEndsWithAFailure() async throws {
        let limits = try limits()
        let layer = LimitLayer(limits, CannedTransport(failure: .connectError("refused")))
        await #expect(throws: FetchError.connectError("refused")) {
            try await layer.withResponse(to: request()) { _ in }
        }
        #expect(limits.totals().inFlight == 0)
    }

    @Test func aDenialSendsNothing() async throws {
        let limits = try limits(rates: "1/DAY")
        let sent = Mutex(0)
        let layer = LimitLayer(limits, CannedTransport(whileSending: { sent.withLock { $0 += 1 } }))
        try await layer.withResponse(to: request()) { _ in }
        let error = await #expect(throws: FetchError.self) {
            try await layer.withResponse(to: request()) { _ in }
        }
        #expect(error?.reason == "rate_limited")
        #expect(sent.withLock { $0 } == 1)
    }

    @Test(arguments: [429, 503])
    func aHostThatAsksForARestGetsIt(_ status: Int) async throws {
        let limits = try limits(maxConcurrent: 9)
        let layer = LimitLayer(limits, CannedTransport(status: status, headers: [.retryAfter: "30"]))
        try await layer.withResponse(to: request()) { _ in }
        guard
            case .denied(let denial) = try await limits.acquire(
                AcquireRequest(claims: [.init(key: LimitKey(host: "a.example", role: "artifact"))]))
        else {
            Issue.record("the host is not paused")
            return
        }
        #expect((25_000_000...30_000_000).contains(denial.retryAt.microseconds(since: limits.now())))
    }

    /// Each in the words of one service or of a standard.
    @Test(
        arguments: [
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "41744")], 0, 41_744_000_000),
            ([("x-rate-limit-remaining", "12"), ("x-rate-limit-reset", "1")], 12, 1_000_000),
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1700000030")], 0, 30_000_000),
            ([("RateLimit-Remaining", "3")], 3, nil),
            ([("RateLimit", "\"burst\";r=0;t=1, \"hour\";r=0;t=120, \"day\";r=9;t=4000")], 0, 120_000_000),
            ([("RateLimit", "\"hour\";r=5;t=120")], 5, 120_000_000),
            ([("X-RateLimit-Remaining", "many")], nil, nil),
            ([], nil, nil),
        ] as [([(String, String)], Int?, Int64?)])
    func readsWhatIsLeftOfAQuota(_ fields: [(String, String)], _ remaining: Int?, _ reset: Int64?) throws {
        let address = try WebAddress(parsing: "http://a.example/")
        var headers: HTTPFields = [:]
        for (name, value) in fields { headers[try #require(HTTPField.Name(name))] = value }
        let response = FetchResponse(status: .ok, headers: headers, body: .empty, address: address)
        let outcome = UpstreamOutcome(response, now: Timestamp(microseconds: 1_700_000_000_000_000))
        #expect(outcome == UpstreamOutcome(status: 200, remaining: remaining, reset: reset))
    }

    @Test func bodiesAreBoundedAsAnnouncedAndAsSent() async throws {
        let announced = BodyLimitLayer(CannedTransport(headers: [.contentLength: "11"]))
        await #expect(throws: FetchError.payloadTooLarge(limit: 10)) {
            try await announced.withResponse(to: request(limit: 10)) { _ in }
        }
        let sent = BodyLimitLayer(CannedTransport(chunks: ["12345", "67890", "1"]))
        await #expect(throws: FetchError.payloadTooLarge(limit: 10)) {
            try await sent.withResponse(to: request(limit: 10)) { try await $0.body.collect() }
        }
        let fits = BodyLimitLayer(CannedTransport(chunks: ["12345", "67890"]))
        let body = try await fits.withResponse(to: request(limit: 10)) { try await $0.body.collect() }
        #expect(body.readableBytes == 10)
    }

    @Test func theDeadlineEndsAnExchangeThatHangs() async throws {
        let hanging = CannedTransport(whileSending: {
            // Ends by cancellation only.
            let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
            for await _ in stream {}
            continuation.finish()
            try Task.checkCancellation()
        })
        await #expect(throws: FetchError.timeout) {
            try await DeadlineLayer(hanging).withResponse(to: request(timeout: .milliseconds(1))) { _ in }
        }
    }
}
