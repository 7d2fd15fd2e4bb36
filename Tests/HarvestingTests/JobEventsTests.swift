import RateLimiting
import Testing

@testable import Harvesting

@Suite struct JobEventsTests {
    private func limit(_ number: Int) -> JobEvent.Happening {
        .limit(
            LimitWait(host: "\(number)", role: "artifact", until: Timestamp(microseconds: 0), reason: "rate_limited"))
    }

    private func host(_ event: JobEvent) -> String {
        if case .limit(let wait) = event.happening { wait.host } else { event.happening.name }
    }

    @Test func whoComesBackMissesNothing() async throws {
        let events = JobEvents()
        for number in 1...3 { events.publish(limit(number), of: "j") }
        let (first, isGapless, _) = events.watch("j", after: nil)
        #expect(!isGapless)
        events.publish(limit(4), of: "j")
        var iterator = first.makeAsyncIterator()
        let last = try #require(await iterator.next())
        #expect(host(last) == "4")
        let second = try #require(JobEventID("\(last.id.process)-2"))
        let (again, isWhole, stop) = events.watch("j", after: second)
        #expect(isWhole)
        stop()
        var seen: [String] = []
        for await event in again { seen.append(host(event)) }
        #expect(seen == ["3", "4"])
    }

    @Test(arguments: ["other-3", "-", "x", "1-", "a-b", ""])
    func whoHadSomethingElseBeginsAnew(_ id: String) {
        let events = JobEvents()
        events.publish(limit(1), of: "j")
        #expect(!events.watch("j", after: JobEventID(id)).isGapless)
    }

    @Test func whatIsTooLongAgoIsForgotten() throws {
        let events = JobEvents()
        events.publish(limit(0), of: "j")
        let (stream, _, _) = events.watch("j", after: nil)
        for number in 1...JobEvents.kept + 5 { events.publish(limit(number), of: "j") }
        withExtendedLifetime(stream) {}
        let process = events.process
        #expect(!events.watch("j", after: JobEventID(process: process, number: 2)).isGapless)
        #expect(events.watch("j", after: JobEventID(process: process, number: 7)).isGapless)
        #expect(!events.watch("j", after: JobEventID(process: process, number: 99_999)).isGapless)
    }

    @Test func whoReadsTooSlowlyIsLetGo() async {
        let events = JobEvents()
        let (slow, _, _) = events.watch("j", after: nil)
        for number in 0...JobEvents.patience + 10 { events.publish(limit(number), of: "j") }
        var count = 0
        for await _ in slow { count += 1 }
        #expect(count == JobEvents.patience, "it ends, and what came before is there")
    }

    @Test func onlySoManyJobsAreKept() {
        let events = JobEvents()
        events.publish(limit(0), of: "first")
        for number in 0..<100 { events.publish(limit(0), of: "\(number)") }
        #expect(!events.watch("first", after: JobEventID(process: events.process, number: 1)).isGapless)
    }
}
