import NIOCore
import Testing

@testable import SimulatedUpstream

@Suite("The server")
struct UpstreamServerTests {
    /// Runs a server on a free port for as long as the body takes.
    private func withServer(
        limits: [String] = [], faults: [String] = [], slowBodyMilliseconds: Int = 0,
        _ body: @Sendable (_ port: Int, _ catalog: Catalog) async throws -> Void
    ) async throws {
        let catalog = Catalog(generated: 40, seed: 7)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = try UpstreamServer(
            configuration: UpstreamConfiguration(
                address: ListenAddress(parsing: "127.0.0.1:0"), limits: limits.map { try LimitRule(parsing: $0) },
                faults: faults.map { try FaultShare(parsing: $0) }, slowBodyMilliseconds: slowBodyMilliseconds),
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
            let work = try #require(catalog.works.first { $0.offer.via == .location && $0.detours.isEmpty })
            let (host, target) = try #require(URLKey.split(work.offer.urls[0]))
            let request = "GET \(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
            let first = try await RawConnection.exchange(request, port: port).readableBytes
            let second = try await RawConnection.exchange(request, port: port).readableBytes
            switch kind {
            case "reset": #expect(first == 0)
            case "slow": #expect(first == second)
            default: #expect(first > 0 && first < second)
            }
        }
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(_ part: String) -> Int {
        ranges(of: part).count
    }
}
