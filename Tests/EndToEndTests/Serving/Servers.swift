import ScriptedOrigin
import TestSupport
import Testing

/// The service and the gateway, which must not differ in what they take for HTTP.
enum ServerKind: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case service
    case gateway

    var testDescription: String { rawValue }
}

/// A running server of each kind, for suites that send it bytes.
final class Servers: Sendable {
    @TaskLocal static var current: Servers?

    private let service: FetchingService
    private let site: Site

    init() async throws {
        service = try await FetchingService()
        site = try await Site.serving()
    }

    static var here: Servers {
        get throws { try #require(current, "the suite needs the trait .servers") }
    }

    func port(of kind: ServerKind) throws -> Int {
        switch kind {
        case .service: try #require(service.service.url.split(separator: ":").last.flatMap { Int($0) })
        case .gateway: site.gateway.port
        }
    }

    func process(of kind: ServerKind) -> RunningProcess {
        switch kind {
        case .service: service.service.process
        case .gateway: site.gateway.process
        }
    }

    var origin: ScriptedOrigin { site.origin }
}

struct ServersTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Servers.$current.withValue(try await Servers()) { try await function() }
    }
}

extension Trait where Self == ServersTrait {
    /// One service and one gateway for all tests of a suite.
    static var servers: Self { ServersTrait() }
}
