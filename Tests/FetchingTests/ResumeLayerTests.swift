import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import Fetching

@Suite("RFC 9110, 13.1.5 and 14: a file goes on where its connection broke") struct ResumeLayerTests {
    private static let file = "0123456789abcdefghijklmnopqrstuvwxyz"
    private let time = ManualTime()

    /// Serves the file, and breaks off after so many bytes of each answer.
    private final class Origin: Transport {
        var requests: [FetchRequest] { asked.withLock { $0 } }
        private let asked = Mutex<[FetchRequest]>([])
        private let held = Mutex<(now: Int, most: Int)>((0, 0))
        private let breaks: [Int]
        private let fields: HTTPFields
        private let change: @Sendable (inout FetchResponse, Int) -> Void

        /// Exchanges at once, at most.
        var mostHeld: Int { held.withLock { $0.most } }

        init(
            breaksAfter breaks: [Int], _ fields: HTTPFields = [.eTag: "\"a\""],
            change: @escaping @Sendable (inout FetchResponse, Int) -> Void = { _, _ in }
        ) {
            self.breaks = breaks
            self.fields = fields
            self.change = change
        }

        func withResponse<Result: Sendable>(
            to request: FetchRequest, _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
        ) async throws -> Result {
            let number = asked.withLock { asked in
                asked.append(request)
                return asked.count
            }
            held.withLock { held in
                held.now += 1
                held.most = max(held.most, held.now)
            }
            defer { held.withLock { $0.now -= 1 } }
            let file = ResumeLayerTests.file
            let start = request.headers[.range].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) } ?? 0
            var headers = fields
            headers[.contentLength] = String(file.count - start)
            if start > 0 { headers[.contentRange] = "bytes \(start)-\(file.count - 1)/\(file.count)" }
            let length = number <= breaks.count ? breaks[number - 1] : .max
            var response = FetchResponse(
                status: start > 0 ? .partialContent : .ok, headers: headers,
                body: FetchBody(Breaking(text: String(file.dropFirst(start)), length: length)), address: request.address
            )
            change(&response, number)
            return try await consume(response)
        }
    }

    /// A body one byte at a time, which breaks off.
    private struct Breaking: AsyncSequence, Sendable {
        let text: String
        let length: Int

        struct AsyncIterator: AsyncIteratorProtocol {
            var rest: Substring
            var left: Int

            mutating func next() async throws -> ByteBuffer? {
                guard let first = rest.popFirst() else { return nil }
                guard left > 0 else { throw FetchError.truncated("reset") }
                left -= 1
                return ByteBuffer(string: String(first))
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: text[...], left: length) }
    }

    private func fetch(
        _ origin: Origin, role: FetchRole = .artifact, budget: RetryBudget = RetryBudget()
    ) async throws -> (status: Int, body: String) {
        try await ResumeLayer(budget, time: time, origin).fetch(.to("http://a.example/f.pdf", role: role))
    }

    @Test("in as many legs as it takes, one after the other")
    func legs() async throws {
        let origin = Origin(breaksAfter: [10, 1, 20])
        #expect(try await fetch(origin) == (200, Self.file))
        #expect(origin.requests.map { $0.headers[.range] } == [nil, "bytes=10-", "bytes=11-", "bytes=31-"])
        #expect(origin.requests.dropFirst().allSatisfy { $0.headers[.ifRange] == "\"a\"" })
        #expect(origin.mostHeld == 1)
        #expect(time.slept.count == 3)
    }

    @Test("by a date that is old enough to be strong")
    func date() async throws {
        let modified = "Wed, 18 Nov 2026 10:00:00 GMT"
        let old = Origin(breaksAfter: [10], [.lastModified: modified, .date: "Wed, 18 Nov 2026 10:00:01 GMT"])
        #expect(try await fetch(old).body == Self.file)
        #expect(old.requests.last?.headers[.ifRange] == modified)
        let fresh = Origin(breaksAfter: [10], [.lastModified: modified, .date: modified])
        await #expect(throws: FetchError.truncated("reset")) { try await fetch(fresh) }
        #expect(fresh.requests.count == 1)
    }

    @Test(
        "unless nothing tells whether the rest belongs to it",
        arguments: [
            [:], [.eTag: "W/\"a\""], [.eTag: "\"a\"", .acceptRanges: "none"], [.eTag: "\"a\"", .contentEncoding: "br"],
        ] as [HTTPFields])
    func unresumable(_ fields: HTTPFields) async throws {
        let origin = Origin(breaksAfter: [10], fields)
        await #expect(throws: FetchError.truncated("reset")) { try await fetch(origin) }
        #expect(origin.requests.count == 1)
    }

    @Test("unless the host has another by now", arguments: ["whole", "other tag", "other range", "error"])
    func changed(_ how: String) async throws {
        let origin = Origin(breaksAfter: [10]) { response, number in
            guard number == 2 else { return }
            switch how {
            case "whole": response.status = .ok
            case "other tag": response.headers[.eTag] = "\"b\""
            case "other range": response.headers[.contentRange] = "bytes 9-35/36"
            default: response.status = .notFound
            }
        }
        await #expect(throws: FetchError.truncated("reset")) { try await fetch(origin) }
        #expect(origin.requests.count == 2)
    }

    @Test("but not for ever")
    func endless() async throws {
        let origin = Origin(breaksAfter: Array(repeating: 1, count: 100))
        await #expect(throws: FetchError.truncated("reset")) { try await fetch(origin) }
        #expect(origin.requests.count == 1 + ResumeLayer<Origin>.maximumResumptions)
    }

    @Test("within the budget of retries")
    func budget() async throws {
        let budget = RetryBudget()
        while budget.spend() {}
        let origin = Origin(breaksAfter: [10])
        await #expect(throws: FetchError.truncated("reset")) { try await fetch(origin, budget: budget) }
        #expect(origin.requests.count == 1)
    }

    @Test("where it is a file; other answers are asked for anew")
    func roles() async throws {
        let origin = Origin(breaksAfter: [10])
        await #expect(throws: FetchError.truncated("reset")) { try await fetch(origin, role: .landing) }
        #expect(origin.requests.count == 1)
    }

    @Test("and a deadline that cuts it off is no end")
    func deadline() async throws {
        struct Silent: Transport {
            func withResponse<Result: Sendable>(
                to request: FetchRequest, _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
            ) async throws -> Result {
                let (bytes, continuation) = AsyncThrowingStream.makeStream(of: ByteBuffer.self)
                continuation.yield(ByteBuffer(string: "begin"))
                return try await consume(
                    FetchResponse(status: .ok, headers: [:], body: FetchBody(bytes), address: request.address))
            }
        }
        var request = try FetchRequest.to("http://a.example/f.pdf", role: .artifact)
        request.timeout = .milliseconds(50)
        await #expect(throws: FetchError.timeout) {
            try await DeadlineLayer(ResumeLayer(RetryBudget(), time: time, Silent())).fetch(request)
        }
    }

    @Test("and whoever stops reading ends it")
    func abandoned() async throws {
        let origin = Origin(breaksAfter: [])
        let first = try await ResumeLayer(RetryBudget(), time: time, origin).withResponse(
            to: .to("http://a.example/f.pdf", role: .artifact)
        ) { response in
            var bytes = response.body.makeAsyncIterator()
            return try await bytes.next().map { String(buffer: $0) }
        }
        #expect(first == "0")
        #expect(origin.mostHeld == 1)
        struct Unwanted: Error {}
        await #expect(throws: Unwanted.self) {
            try await ResumeLayer(RetryBudget(), time: time, origin).withResponse(
                to: .to("http://a.example/f.pdf", role: .artifact)
            ) { _ in throw Unwanted() }
        }
    }
}
