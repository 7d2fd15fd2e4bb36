import RateLimiting
import Testing

@testable import Fetching

@Suite struct BreakerTests {
    private let time = ManualTime()

    private func layer(_ upstream: ScriptedTransport) -> BreakerLayer<ScriptedTransport> {
        BreakerLayer(Breakers(time: time), upstream)
    }

    private func reason(_ layer: BreakerLayer<ScriptedTransport>, _ request: FetchRequest) async -> String {
        do {
            return "\(try await layer.fetch(request).status)"
        } catch {
            return (error as? FetchError)?.reason ?? "\(error)"
        }
    }

    @Test(
        "A host that fails too often in too short a time is left alone for half a minute",
        arguments: [(FetchRole.metadata, 3), (.landing, 5), (.artifact, 8)])
    func opens(role: FetchRole, failures: Int) async throws {
        let upstream = ScriptedTransport { request, _ in .init(status: request.address.host == "a.example" ? 503 : 200)
        }
        let layer = layer(upstream)
        let request = try FetchRequest.to("http://a.example/", role: role)
        for _ in 0..<failures { #expect(await reason(layer, request) == "503") }
        #expect(await reason(layer, request) == "breaker_open")
        #expect(request.exchange.facts.breaker == .open)
        #expect(upstream.requests.count == failures)
        #expect(await reason(layer, try .to("http://b.example/", role: role)) == "200")
        time.advance(by: .seconds(30))
        #expect(await reason(layer, request) == "503")
        #expect(await reason(layer, request) == "breaker_open")
        #expect(upstream.requests.count == failures + 2)
    }

    @Test("A busy host that stumbles now and then is asked on, and one that does it too often is not")
    func successes() {
        for (share, opens) in [(0.01, false), (0.1, false), (0.5, true), (1, true)] {
            var breaker = Breaker(.of(.metadata))
            var hasOpened = false
            var failures = 0.0
            for number in 0..<10_000 where !hasOpened {
                let now = Timestamp(microseconds: Int64(number) * 10_000)
                failures += share
                let fails = failures >= 1
                if fails { failures -= 1 }
                hasOpened = breaker.record(fails ? .failure : .success, of: .closed, now)
            }
            #expect(hasOpened == opens, "\(share)")
        }
    }

    @Test("Failures that lie further apart do not add up")
    func window() async throws {
        let layer = layer(ScriptedTransport { _, _ in .init(status: 500) })
        for _ in 0..<20 {
            #expect(await reason(layer, try .to("http://a.example/")) == "500")
            time.advance(by: .seconds(23))
        }
    }

    @Test(
        "Answers about the request say nothing against the host", arguments: [200, 301, 400, 401, 403, 404, 410])
    func neutral(status: Int) async throws {
        let layer = layer(ScriptedTransport { _, _ in .init(status: status) })
        for _ in 0..<20 { #expect(await reason(layer, try .to("http://a.example/")) == "\(status)") }
    }

    @Test(
        "Neither do failures on this side",
        arguments: [FetchError.payloadTooLarge(limit: 1), .blockedAddress("x"), .limitRefused("x")])
    func ownFailures(error: FetchError) async throws {
        let layer = layer(ScriptedTransport { _, _ in .failing(error) })
        for _ in 0..<20 { #expect(await reason(layer, try .to("http://a.example/")) == error.reason) }
    }

    @Test("One request tries whether the host is back; the others wait for what it finds")
    func probe() {
        var breaker = Breaker(.of(.metadata))
        let start = Timestamp(microseconds: 0)
        for _ in 0..<3 { _ = breaker.record(.failure, of: .closed, start) }
        let later = start.advanced(by: 30_000_000)
        #expect(breaker.admit(later) == .admitted(.halfOpen))
        guard case .refused = breaker.admit(later) else {
            Issue.record("a second request was let through")
            return
        }
        _ = breaker.record(.success, of: .halfOpen, later)
        #expect(breaker.admit(later) == .admitted(.closed))
    }

    @Test("A probe that was given up leaves room for another at once")
    func abandonedProbe() {
        var breaker = Breaker(.of(.metadata))
        let start = Timestamp(microseconds: 0)
        for _ in 0..<3 { _ = breaker.record(.failure, of: .closed, start) }
        let later = start.advanced(by: 30_000_000)
        #expect(breaker.admit(later) == .admitted(.halfOpen))
        _ = breaker.record(.neutral, of: .halfOpen, later)
        #expect(breaker.admit(later) == .admitted(.halfOpen))
    }

    @Test("A host that stays down is called so after three openings")
    func down() {
        var breaker = Breaker(.of(.metadata))
        var now = Timestamp(microseconds: 0)
        for _ in 0..<3 { _ = breaker.record(.failure, of: .closed, now) }
        for opening in 1...3 {
            guard case .refused(_, let hasFailedProbes) = breaker.admit(now) else {
                Issue.record("let through while open")
                return
            }
            #expect(hasFailedProbes == (opening == 3))
            now = now.advanced(by: 30_000_000)
            #expect(breaker.admit(now) == .admitted(.halfOpen))
            _ = breaker.record(.failure, of: .halfOpen, now)
        }
    }
}
