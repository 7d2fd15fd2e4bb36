import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import RateLimiting
import Testing

@testable import ControlPlane
@testable import Harvesting

/// Bodies that cost more than their length where a reader is careless. Before there was one reader, some of these took
/// hours in a debug build.
@Suite("Requests that want to be costly") struct CostlyRequestsTests {
    struct Route: Sendable, CustomTestStringConvertible {
        let method: HTTPRequest.Method
        let path: String

        var testDescription: String { "\(method) \(path)" }
    }

    static let routes =
        [
            "/v1/tokens/acquire", "/v1/tokens/batch", "/v1/tokens/check", "/v1/tokens/release", "/v1/tokens/renew",
            "/v1/hosts/a/pause", "/v1/hosts/a/resume", "/v1/limits/validate", "/v1/limits/rollback", "/v1/jobs",
        ].map { Route(method: .post, path: $0) }
        + [Route(method: .put, path: "/v1/limits"), Route(method: .patch, path: "/v1/limits")]

    /// Each is as long as a body may be.
    static let bodies: [String] = {
        func filled(_ head: String, _ part: String, _ tail: String) -> String {
            let room = Request.maximumBodyBytes - head.utf8.count - tail.utf8.count
            return head + String(repeating: part, count: room / part.utf8.count) + tail
        }
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        return [
            filled("", "[", ""), filled("", "{\"a\":", ""), filled("[", deep + ",", "1]"),
            filled("{\"requests\":[", "{\"claims\":[{\"host\":" + deep + "}]},", "1]}"), filled("[", "1,", "1]"),
            filled("\"", "x", "\""), filled("{\"", "x", "\":1}"), filled("{\"nonsense\":\"", "x", "\"}"),
            filled("{\"role\":\"", "x", "\"}"), filled("{\"host\":\"a\",\"role\":\"a", "\u{301}\u{323}", "\"}"),
            filled("{\"a", "\u{301}\u{323}", "\":1}"), filled("{\"lease\":\"", "\\u0301\\u0323", "\"}"),
            filled("", "9", ""), filled("{\"weight\":0.", "9", "}"), filled("{\"hosts\":{", "\"\":{},", "\"\":{}}}"),
        ]
    }()

    @Test("are refused at once, and told so in few words", arguments: routes)
    func refused(_ route: Route) async throws {
        try await Weir.withTemporary { _, client in
            for body in Self.bodies {
                let answer = try await client.executeRequest(
                    uri: route.path, method: route.method, headers: [.contentType: "application/json"],
                    body: ByteBuffer(string: body))
                let text = String(buffer: answer.body)
                #expect([400, 422].contains(answer.status.code), "\(body.prefix(40)): \(text)")
                #expect(text.utf8.count < 2000, "\(body.prefix(40))")
            }
        }
    }

    @Test("that would be taken are taken: whole bodies of what they are for")
    func accepted() async throws {
        try await Weir.withTemporary { _, client in
            let asks = (0..<1000).map { #"{"host":"h\#($0)","role":"metadata","hold":false,"client":"\#($0)"}"# }
            let batch = try await client.executeRequest(
                uri: "/v1/tokens/batch", method: .post, headers: [:],
                body: ByteBuffer(string: "{\"requests\":[\(asks.joined(separator: ","))]}"))
            #expect(batch.status == .ok)
            let dois = (0..<40_000).map { #""10.1/\#($0)""# }
            let job = try await client.executeRequest(
                uri: "/v1/jobs", method: .post, headers: [:],
                body: ByteBuffer(string: "{\"list_only\":true,\"dois\":[\(dois.joined(separator: ","))]}"))
            #expect(job.status == .accepted)
        }
    }

    @Test(
        "are refused in the target and in header fields too",
        arguments: ["/v1/usage?role=", "/v1/jobs/", "/v1/limits/effective?host=a&role="])
    func targets(_ path: String) async throws {
        try await Weir.withTemporary { _, client in
            let marks = String(repeating: "%CC%81%CC%A3", count: 1000)
            for (uri, headers) in [
                (path + "a" + marks, [:]),
                (path + "a", [.contentType: "a" + String(repeating: "\u{301}\u{323}", count: 1000)]),
            ] as [(String, HTTPFields)] {
                let answer = try await client.executeRequest(uri: uri, method: .get, headers: headers, body: nil)
                #expect(answer.status == .badRequest)
                #expect(answer.body.readableBytes < 2000)
            }
            let long = try await client.executeRequest(
                uri: path + String(repeating: "x", count: 5000), method: .get, headers: [:], body: nil)
            #expect(long.body.readableBytes < 2000)
        }
    }

    @Test("JSON lines are read only where works are taken", arguments: routes)
    func otherRoutes(_ route: Route) async throws {
        try await Weir.withTemporary { _, client in
            let answer = try await client.executeRequest(
                uri: route.path, method: route.method, headers: [.contentType: "application/jsonl"],
                body: ByteBuffer(repeating: 0x0A, count: Request.maximumBodyBytes + 1))
            let isTaken = route.path == "/v1/jobs"
            #expect(answer.status == (isTaken ? .unprocessableContent : .contentTooLarge))
        }
    }

    /// Chunks without end, of which only so many may be read.
    private func lines(_ chunk: String, reading most: Int) async throws -> [GivenWork] {
        struct Endless: AsyncSequence, AsyncIteratorProtocol, Sendable {
            let chunk: ByteBuffer
            var left: Int

            func makeAsyncIterator() -> Endless { self }
            mutating func next() async throws -> ByteBuffer? {
                left -= 1
                guard left >= 0 else { throw ReadTooFar() }
                return chunk
            }
        }
        return try await WorkLines.works(
            in: RequestBody(asyncSequence: Endless(chunk: ByteBuffer(string: chunk), left: most)))
    }

    private struct ReadTooFar: Error {}

    @Test("JSON lines are read as they come, and no further than they may be taken")
    func endless() async throws {
        let lines = String(repeating: "{\"doi\":\"10.1/x\"}\n", count: 1000)
        let tooMany = try await #require(throws: InvalidJobRequest.self) { try await self.lines(lines, reading: 101) }
        #expect(tooMany.problems.map(\.path) == ["works"])
        for (chunk, reads, path) in [
            ("x\n", 101, "line 1"), (String(repeating: "x", count: 10_000), 7, "line 1"),
            ("{\"doi\":\"10.1/x\"}\n[\n", 101, "line 2"), ("{\"dio\":\"10.1/x\"}\n", 101, "works[0].dio"),
        ] {
            let problem = try await #require(throws: Problem.self) { try await self.lines(chunk, reading: reads) }
            #expect(problem.kind == .invalidJSON)
            #expect(problem.errors.first?.path == path)
        }
        let large = try await #require(throws: Problem.self) {
            try await self.lines(String(repeating: " \n", count: 1 << 19), reading: 33)
        }
        #expect(large.kind == .payloadTooLarge)
    }

    @Test("Lines may be cut anywhere between chunks")
    func cut() async throws {
        let text = "\n{\"doi\":\"10.1/é\"}\r\n \n{\"url\":\"http://a.example/\"}"
        let bytes = Array(text.utf8)
        for size in 1...bytes.count {
            let chunks = stride(from: 0, to: bytes.count, by: size).map {
                ByteBuffer(bytes: bytes[$0..<min($0 + size, bytes.count)])
            }
            let body = AsyncStream { continuation in
                for chunk in chunks { continuation.yield(chunk) }
                continuation.finish()
            }
            let works = try await WorkLines.works(in: RequestBody(asyncSequence: body))
            #expect(works == [GivenWork(doi: "10.1/é"), GivenWork(url: "http://a.example/")])
        }
    }
}
