import RateLimiting
import Testing

@testable import Harvesting

@Suite struct HostTurnsTests {
    private let key = LimitKey(host: "a.example", role: "artifact")
    private func at(_ milliseconds: Int64) -> Timestamp { Timestamp(microseconds: milliseconds * 1000) }

    @Test func jobsThatComeBackTogetherTakeTurns() {
        let turns = HostTurns()
        _ = (turns.join("a"), turns.join("b"))
        turns.wait("a", at: key, until: at(1000))
        turns.wait("b", at: key, until: at(1000))
        #expect(turns.go("a", at: key, at(1000)) == nil)
        #expect(turns.go("a", at: key, at(1000)) == at(1050), "b is due and was not served yet")
        #expect(turns.go("b", at: key, at(1001)) == nil)
        #expect(turns.go("b", at: key, at(1001)) == at(1050), "a let it pass, and is ready")
        #expect(turns.go("a", at: key, at(1002)) == nil)
        #expect(turns.go("b", at: key, at(1002)) == nil)
        turns.wait("a", at: key, until: at(2000))
        turns.wait("b", at: key, until: at(2000))
        #expect(turns.go("b", at: key, at(2000)) == at(2050), "it was served last")
        #expect(turns.go("a", at: key, at(2000)) == nil)
        #expect(turns.go("b", at: key, at(2000)) == nil)
    }

    @Test func nobodyIsLetPassForLong() {
        let turns = HostTurns()
        _ = (turns.join("a"), turns.join("b"))
        turns.wait("b", at: key, until: at(1000))
        #expect(turns.go("a", at: key, at(1000)) == nil)
        #expect(turns.go("a", at: key, at(1010)) == at(1050))
        #expect(turns.go("a", at: key, at(1050)) == nil)
        turns.leave("b")
        turns.wait("a", at: key, until: at(2000))
        #expect(turns.go("a", at: key, at(2000)) == nil)
    }

    @Test func whoLetAnotherPassIsToldThatItWent() async {
        let turns = HostTurns()
        let moves = turns.join("a")
        _ = turns.join("b")
        turns.wait("a", at: key, until: at(1000))
        turns.wait("b", at: key, until: at(1000))
        _ = turns.go("a", at: key, at(1000))
        _ = turns.go("b", at: key, at(1000))
        turns.leave("a")
        var told: [LimitKey] = []
        for await move in moves { told.append(move) }
        #expect(told == [key])
    }
}
