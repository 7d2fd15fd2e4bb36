import HTTPTypes
import Testing

@testable import Fetching

@Suite struct RetryLayerTests {
    private let time = ManualTime()
    private let budget = RetryBudget()

    private func layer(_ upstream: ScriptedTransport) -> RetryLayer<ScriptedTransport> {
        RetryLayer(budget, time: time, upstream)
    }

    @Test("An answer that may pass is asked for again", arguments: [429, 500, 502, 503, 504])
    func statuses(status: Int) async throws {
        let upstream = ScriptedTransport { _, number in number < 3 ? .init(status: status) : .init(body: "now") }
        let answer = try await layer(upstream).fetch(.to("http://a.example/", attempts: 3))
        #expect(answer == (200, "now"))
        #expect(time.slept.count == 2)
        // Full jitter: anything up to twice as much each time.
        #expect(time.slept[0] <= .seconds(1) && time.slept[1] <= .seconds(2), "\(time.slept)")
    }

    @Test("What will not pass is not", arguments: [400, 401, 403, 404, 410, 501, 505])
    func finalStatuses(status: Int) async throws {
        let upstream = ScriptedTransport { _, _ in .init(status: status) }
        #expect(try await layer(upstream).fetch(.to("http://a.example/", attempts: 3)).status == status)
        #expect(upstream.requests.count == 1)
    }

    @Test("The last answer stands, and is not thrown away")
    func lastAnswer() async throws {
        let upstream = ScriptedTransport { _, number in .init(status: 503, body: "try \(number)") }
        #expect(try await layer(upstream).fetch(.to("http://a.example/", attempts: 3)) == (503, "try 3"))
    }

    @Test("RFC 9110, 10.2.3: Retry-After is waited for as it is written")
    func retryAfter() async throws {
        let date = "Wed, 18 Nov 2026 11:06:50 GMT"
        let upstream = ScriptedTransport { _, number in
            switch number {
            case 1: .init(status: 503, headers: [.retryAfter: "7"])
            case 2: .init(status: 429, headers: [.retryAfter: date])
            default: .init()
            }
        }
        // The date is ten seconds from the start; seven seconds pass with the first wait.
        #expect(try await layer(upstream).fetch(.to("http://a.example/", attempts: 3)).status == 200)
        #expect(time.slept == [.seconds(7), .seconds(3)])
    }

    @Test("A rest that is too long to sit out is the caller's to know")
    func longRest() async throws {
        let upstream = ScriptedTransport { _, _ in .init(status: 429, headers: [.retryAfter: "54000"]) }
        #expect(try await layer(upstream).fetch(.to("http://a.example/", attempts: 3)).status == 429)
        #expect(upstream.requests.count == 1)
        #expect(time.slept == [])
    }

    @Test("Only what may be sent twice is sent twice", arguments: [HTTPRequest.Method.post, .patch, .connect])
    func unrepeatable(method: HTTPRequest.Method) async throws {
        let upstream = ScriptedTransport { _, _ in .init(status: 503) }
        #expect(try await layer(upstream).fetch(.to("http://a.example/", method: method, attempts: 3)).status == 503)
        #expect(upstream.requests.count == 1)
    }

    @Test("A connection that fails is tried again; what is refused for good is not")
    func failures() async throws {
        let flaky = ScriptedTransport { _, number in number == 1 ? .failing(FetchError.connectError("reset")) : .init()
        }
        #expect(try await layer(flaky).fetch(.to("http://a.example/", attempts: 2)).status == 200)
        let blocked = ScriptedTransport { _, _ in .failing(FetchError.blockedAddress("10.0.0.1")) }
        await #expect(throws: FetchError.blockedAddress("10.0.0.1")) {
            try await layer(blocked).fetch(.to("http://a.example/", attempts: 3))
        }
        #expect(blocked.requests.count == 1)
    }

    @Test("Once a part of an answer was seen, it is not asked for again from the start")
    func seen() async throws {
        let upstream = ScriptedTransport { _, _ in .init() }
        await #expect(throws: FetchError.truncated("cut")) {
            try await layer(upstream).withResponse(to: .to("http://a.example/", attempts: 3)) { _ in
                throw FetchError.truncated("cut")
            }
        }
        #expect(upstream.requests.count == 1)
    }

    @Test("Over time there is at most one retry for ten requests, beyond the ten of the start")
    func budgetHolds() async throws {
        let upstream = ScriptedTransport { _, _ in .init(status: 503) }
        let layer = layer(upstream)
        for _ in 0..<1000 { _ = try await layer.fetch(.to("http://a.example/", attempts: 5)) }
        let retries = upstream.requests.count - 1000
        #expect((100...110).contains(retries), "\(retries)")
    }
}
