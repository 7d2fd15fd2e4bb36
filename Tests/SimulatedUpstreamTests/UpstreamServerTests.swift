import HTTPTypes
import NIOCore
import Testing

@testable import SimulatedUpstream

@Suite("The server")
struct UpstreamServerTests {
    /// Runs a server on a free port for as long as the body takes.
    private func withServer(
        limits: [String] = [], faults: [String] = [], robots: [String] = [], slowBodyMilliseconds: Int = 0,
        _ body: @Sendable (_ port: Int, _ catalog: Catalog) async throws -> Void
    ) async throws {
        let catalog = Catalog(generated: 40, seed: 7)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = try UpstreamServer(
            configuration: UpstreamConfiguration(
                address: ListenAddress(parsing: "127.0.0.1:0"), limits: limits.map { try LimitRule(parsing: $0) },
                faults: faults.map { try FaultShare(parsing: $0) }, slowBodyMilliseconds: slowBodyMilliseconds,
                robots: robots.map { try RobotsRule(parsing: $0) }),
            catalog: catalog, onListening: { listening.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body(port, catalog)
            group.cancelAll()
        }
    }

    @Test("answers through CONNECT, by absolute address and directly")
    func proxy() async throws {
        try await withServer { port, catalog in
            let tail = "Host: api.openalex.org\r\nConnection: close\r\n\r\n"
            let path = "/works?search=rivers&per_page=1"
            for request in [
                "CONNECT api.openalex.org:80 HTTP/1.1\r\nHost: x\r\n\r\nGET \(path) HTTP/1.1\r\n\(tail)",
                "GET http://api.openalex.org\(path) HTTP/1.1\r\n\(tail)",
                "GET \(path) HTTP/1.1\r\n\(tail)",
            ] {
                let text = String(buffer: try await RawConnection.exchange(request, port: port))
                #expect(text.contains("HTTP/1.1 200 OK\r\n"))
                #expect(text.contains("\"count\":\(catalog.count),"))
            }
        }
    }

    @Test("answers 429 above a limit and reports it")
    func limits() async throws {
        try await withServer(limits: ["*=2/h"]) { port, _ in
            let request = "GET /x HTTP/1.1\r\nHost: a.example\r\n"
            let text = String(
                buffer: try await RawConnection.exchange(
                    String(repeating: request + "\r\n", count: 3) + request + "Connection: close\r\n\r\n", port: port))
            #expect(text.components("HTTP/1.1 404 ") == 2)
            #expect(text.components("HTTP/1.1 429 ") == 2)
            #expect(text.components("Retry-After: 3600\r\n") == 2)
            let report = try await RawConnection.exchange(
                "GET /_sim/report HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n", port: port)
            #expect(String(buffer: report).contains("\"requests\":4,\"worst_excess\":2}"))
        }
    }

    @Test("cuts, dribbles and drops bodies when told to", arguments: ["truncate", "slow", "reset"])
    func faults(kind: String) async throws {
        try await withServer(faults: ["\(kind)=1"]) { port, catalog in
            let request = try Self.request(for: try #require(catalog.files.first))
            let first = try await RawConnection.exchange(request, port: port).readableBytes
            let second = try await RawConnection.exchange(request, port: port).readableBytes
            switch kind {
            case "reset": #expect(first == 0)
            case "slow": #expect(first == second)
            default: #expect(first > 0 && first < second)
            }
        }
    }

    @Test("never ends a body for whoever reads on, and goes on serving once nobody does")
    func endless() async throws {
        try await withServer(faults: ["endless=1"]) { port, catalog in
            let url = try #require(catalog.files.first)
            let whole = try Upstream(catalog: catalog, limits: [], toleranceMilliseconds: 0, faults: []).answer(
                for: url)
            for _ in 0..<2 {
                let message = RawMessage(
                    try await RawConnection.exchange(try Self.request(for: url), port: port) {
                        $0.readableBytes > 4 << 20
                    })
                #expect(message.status == "HTTP/1.1 200 OK")
                #expect(message.fields["transfer-encoding"] == "chunked")
                #expect(message.fields["content-type"] == whole.headers[.contentType])
                let body = message.chunks.joined()
                #expect(body.starts(with: whole.bytes))
                #expect(body.count > 3 << 20)
            }
        }
    }

    @Test("drips a body byte by byte")
    func drip() async throws {
        try await withServer(faults: ["drip=1"]) { port, catalog in
            let url = try #require(catalog.files.first)
            let whole = try Upstream(catalog: catalog, limits: [], toleranceMilliseconds: 0, faults: []).answer(
                for: url)
            let message = RawMessage(
                try await RawConnection.exchange(try Self.request(for: url), port: port) {
                    !RawMessage($0).chunks.isEmpty
                })
            #expect(message.status == "HTTP/1.1 200 OK")
            #expect(message.chunks.allSatisfy { $0.count == 1 })
            #expect(whole.bytes.starts(with: message.chunks.joined()))
        }
    }

    @Test("sends all of a body whose head announces more, and closes the connection by itself")
    func wrongLength() async throws {
        try await withServer(faults: ["wrong-length=1"]) { port, catalog in
            let upstream = try Upstream(catalog: catalog, limits: [], toleranceMilliseconds: 0, faults: [])
            let files = try catalog.files.map { (url: $0, bytes: try upstream.answer(for: $0).bytes) }
            let file = try #require(files.max { $0.bytes.count < $1.bytes.count })
            let first = RawMessage(
                try await RawConnection.exchange(try Self.request(for: file.url, closing: false), port: port))
            #expect(first.fields["content-length"] == String(file.bytes.count + 1))
            #expect(first.body == file.bytes)
            let second = RawMessage(try await RawConnection.exchange(try Self.request(for: file.url), port: port))
            #expect(second.fields["content-length"] == String(file.bytes.count))
            #expect(second.body == file.bytes)
        }
    }

    @Test("packs far more into a body than comes over the network")
    func gzipBomb() async throws {
        try await withServer(faults: ["gzip-bomb=1"]) { port, catalog in
            for url in [try #require(catalog.files.first), "http://api.openalex.org/works"] {
                let message = RawMessage(try await RawConnection.exchange(try Self.request(for: url), port: port))
                #expect(message.status == "HTTP/1.1 200 OK")
                #expect(message.fields["content-encoding"] == "gzip")
                #expect(message.fields["content-length"] == String(message.body.count))
                #expect(message.body == Array(GzipBomb.file.readableBytesView))
            }
        }
    }

    @Test("answers for robots.txt by the host's rule, and reports the request like any other")
    func robots() async throws {
        try await withServer(robots: ["*=disallow", "quick.example=delay:2"]) { port, _ in
            for (host, line) in [("any.example", "Disallow: /"), ("quick.example", "Crawl-delay: 2")] {
                let url = "http://\(host)/robots.txt"
                let message = RawMessage(try await RawConnection.exchange(try Self.request(for: url), port: port))
                #expect(message.status == "HTTP/1.1 200 OK")
                #expect(String(decoding: message.body, as: UTF8.self).split(separator: "\n").contains { $0 == line })
            }
            let answer = RawMessage(
                try await RawConnection.exchange(try Self.request(for: "http://x.example/_sim/report"), port: port))
            let report = try JSONParser.parse(answer.body)
            #expect(report["requests"]?.int == 2)
            #expect(report["hosts"]?.array.map { $0["host"]?.string } == ["any.example", "quick.example"])
        }
    }

    private static func request(for url: String, closing: Bool = true) throws -> String {
        let (host, target) = try #require(URLKey.split(url))
        return "GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\(closing ? "Connection: close\r\n" : "")\r\n"
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(_ part: String) -> Int {
        ranges(of: part).count
    }
}
