import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 4.3.5: freshening responses with HEAD")
struct HeadTests {
    private func updated(_ stored: StoredResponse, by lines: [String]) -> StoredResponse {
        let time = Exchange.start.advanced(by: 100)
        return stored.updated(
            byHead: Exchange.fields(lines), requestTime: time, responseTime: time, rules: .shared)
    }

    private func stored(status: Int = 200) throws -> StoredResponse {
        try Exchange.stored(
            [
                "Cache-Control: max-age=60", "ETag: \"a\"", "Last-Modified: \(at(-9))", "Content-Length: 5", "X: 1",
            ], status: status)
    }

    @Test(
        "One that describes the same bytes brings new fields and makes it fresh",
        arguments: [
            ["X: 2"], ["X: 2", "ETag: \"a\""], ["X: 2", "Last-Modified: \(at(-9))", "Content-Length: 5"],
        ])
    func same(lines: [String]) throws {
        let updated = updated(try stored(), by: lines)
        #expect(updated.outcome(after: 159) == .serve)
        #expect(updated.fields.contains { $0.value == "2" })
        #expect(updated.fields[.contentLength] == "5")
    }

    @Test(
        "One that describes others makes it stale",
        arguments: ["ETag: \"b\"", "ETag: W/\"a\"", "Last-Modified: \(at(-8))", "Content-Length: 6"])
    func other(line: String) throws {
        let updated = updated(try stored(), by: [line, "X: 2"])
        #expect(updated.outcome(asking: ["Cache-Control: max-stale"]) == .validate(.stale))
        #expect(updated.fields == (try stored().fields))
    }

    @Test("It is of a part what its whole says")
    func part() throws {
        let part = try Exchange.stored(
            ["Cache-Control: max-age=60", "ETag: \"a\"", "Content-Range: bytes 0-4/10", "Content-Length: 5"],
            status: 206)
        let range = ["Range: bytes=1-2"]
        #expect(updated(part, by: ["ETag: \"a\"", "Content-Length: 10"]).outcome(after: 159, asking: range) == .serve)
        #expect(
            updated(part, by: ["ETag: \"a\"", "Content-Length: 5"]).outcome(asking: range) == .validate(.stale))
    }

    @Test("It says nothing of a stored error", arguments: [301, 404])
    func otherStatus(status: Int) throws {
        #expect(updated(try stored(status: status), by: ["ETag: \"a\""]).outcome() == .validate(.stale))
    }

    @Test("It confirms nothing that a change has made obsolete")
    func invalidated() throws {
        var stored = try stored()
        stored.isInvalidated = true
        #expect(updated(stored, by: []).outcome(after: 100) == .validate(.stale))
    }
}
