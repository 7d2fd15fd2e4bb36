import Logging
import RateLimiting
import Synchronization
import Testing

@testable import ControlPlane

@Suite("The limiter's log events")
struct LimiterEventsTests {
    private let lines = CapturedLines()

    private func observed(level: Logger.Level) throws -> (limits: ObservedLimits, log: LimiterEventLog) {
        var document = LimitsDocument(defaults: [
            "r": PolicyPatch(rates: [try Rate(parsing: "1/HOUR")], maxDelayMilliseconds: 250)
        ])
        document.aimd.enabled = true
        let lines = lines
        var logger = Logger(label: "limiter") { _ in CapturingHandler(lines: lines) }
        logger.logLevel = level
        let table = LimitTable(version: 1, document: document)
        let observer = LimiterObserver(logger: logger)
        observer.applied(table)
        let base = MemoryBackend(
            table: table, clock: ContinuousClock(), wallClock: Timestamp(microseconds: 0)
        ) { observer.happened($0) }
        return (ObservedLimits(base: base, observer: observer), LimiterEventLog(observer.events, logger))
    }

    private let request = AcquireRequest(claims: [.init(key: LimitKey(host: "a", role: "r"))])

    @Test("tell of every acquire, block and pause to whoever asks for them")
    func debug() async throws {
        let (limits, log) = try observed(level: .debug)
        let first = try await limits.acquire(request)
        guard case .granted(let grant) = first, let lease = grant.lease else {
            Issue.record("not granted")
            return
        }
        _ = try await limits.acquire(request)
        _ = try await limits.report(UpstreamOutcome(status: 429, retryAfter: 60_000_000), of: lease, host: nil)
        _ = try await limits.resume(PauseScope(host: "a"))
        log.end()
        await log.run()
        let events = lines.all
        #expect(events.map { $0["event_type"] } == ["acquire", "block", "pause", "resume"])
        #expect(events.allSatisfy { $0["stage"] == "rate-limiter" && $0["host"] == "a" })
        #expect(events[0]["acquired"] == "true" && events[0]["delay_ms"] == "0")
        #expect(events[1]["acquired"] == "false" && events[1]["limit"] == "1/HOUR")
        #expect(events[1]["policy_max_delay_ms"] == "250" && events[1]["role"] == "r")
        #expect(events[2]["reason"] == "retry_after")
    }

    @Test("are silent about single requests unless asked")
    func notice() async throws {
        let (limits, log) = try observed(level: .info)
        for _ in 0..<3 { _ = try await limits.acquire(request) }
        log.end()
        await log.run()
        #expect(lines.all.isEmpty)
    }
}

private final class CapturedLines: Sendable {
    private let lines = Mutex<[[String: String]]>([])

    var all: [[String: String]] { lines.withLock { $0 } }

    func append(_ line: [String: String]) { lines.withLock { $0.append(line) } }
}

private struct CapturingHandler: LogHandler {
    let lines: CapturedLines
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.append((event.metadata ?? [:]).mapValues { "\($0)" })
    }
}
