import Foundation
import NIOHTTP1
import TestSupport

/// Changes limits at random: through the API in every way it has, by writing the file, and by SIGHUP.
struct ChangingLimits {
    private var random: SeededGenerator

    static let hosts = ["a.example", "b.example", "c.example"]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func makeOne(_ service: LimitsService) async throws {
        let body = #"{"hosts":{"\#(Self.hosts[random.number(0...2)])":{"metadata":\#(policy())}}}"#
        switch random.number(0...11) {
        case 0...2: _ = try await service.send(.PATCH, "/v1/limits", body)
        case 3: _ = try await service.send(.PATCH, "/v1/limits", #"{"defaults":{"metadata":\#(policy())}}"#)
        case 4: _ = try await service.send(.PATCH, "/v1/limits", #"{"hosts":null}"#)
        case 5...6: _ = try await service.send(.PUT, "/v1/limits", #"{"version":1,\#(body.dropFirst())"#)
        case 7:
            let newest = try await service.limits().status.version
            let version = random.number(1...newest)
            _ = try await service.send(.POST, "/v1/limits/rollback", #"{"version":\#(version)}"#)
        case 8: _ = try await service.send(.DELETE, "/v1/limits/overlay")
        case 9:
            try service.rename(document())
            try await service.reloaded("file")
        case 10:
            try service.write(document())
            try await service.reloaded("file")
        default:
            try service.write(document())
            service.running.process.signal(SIGHUP)
            try await service.reloaded("signal")
        }
    }

    private mutating func document() -> String {
        "defaults: { metadata: \(policy()) }\nhosts: { b.example: { metadata: \(policy()) } }"
    }

    /// In JSON, which is YAML too.
    private mutating func policy() -> String {
        var rates = ["\"\(random.number(1...80))/SECOND\""]
        if random.chance(50) { rates.append("\"\(random.number(20...300))/\(random.number(2...9))SECOND\"") }
        if random.chance(20) { rates.append("\"\(random.number(100...900))/MINUTE\"") }
        return
            #"{"rates":[\#(rates.joined(separator: ","))],"guard_ms":\#(random.number(0...30)),"max_delay_ms":\#(random.number(0...200))}"#
    }
}
