import Testing

@testable import Harvesting

@Suite("Jobs that run") struct RunningJobsTests {
    @Test("A few run at once, and none twice")
    func places() {
        let jobs = RunningJobs()
        #expect(
            ["a", "b", "a", "c", "d", "e"].map { jobs.admit($0) != nil } == [true, true, false, true, true, false])
        jobs.leave("b")
        #expect(jobs.lanes(of: "b") == nil && jobs.lanes(of: "a") != nil)
        #expect(jobs.admit("e") != nil)
    }

    @Test("One on trial runs alone, until something is recorded of it or it ends")
    func trial() {
        let jobs = RunningJobs()
        #expect(jobs.admit("a", onTrial: true) != nil)
        #expect(jobs.admit("b") == nil)
        jobs.progressed("b")
        #expect(jobs.admit("b", onTrial: true) == nil)
        jobs.progressed("a")
        #expect(jobs.admit("b", onTrial: true) != nil)
        #expect(jobs.admit("c") == nil)
        jobs.leave("b")
        #expect(jobs.admit("c") != nil)
    }

    @Test("A stop ends the stream that a run listens to")
    func stopping() async throws {
        let jobs = RunningJobs()
        let stopped = try #require(jobs.admit("a")).stopped
        jobs.stop("a")
        for await _ in stopped {}
        jobs.leave("a")
        var changes = jobs.changes.makeAsyncIterator()
        #expect(await changes.next() != nil)
    }
}
