import HTTPTypes
import Testing

@testable import HTTPCaching

@Suite("RFC 9111, 4.3: validation, and 4.1: Vary")
struct ValidationTests {
    private let rules = CacheRules(isShared: true)

    @Test("4.3.1: the origin is asked by all validators there are, in place of the client's")
    func conditions() throws {
        let stored = try Exchanges.stored(["ETag": "\"1\"", "Last-Modified": "Tue, 17 Nov 2026 11:06:40 GMT"])
        let other = try Exchanges.stored(["ETag": "W/\"2\""])
        let request = try Exchanges.request(["If-None-Match": "\"9\"", "Range": "bytes=0-1", "Accept": "a/b"])
        let asked = try #require(Validation.request(request, validating: stored, others: [other]))
        #expect(
            asked.headerFields
                == (try Exchanges.fields([
                    "Accept": "a/b", "If-None-Match": "\"1\", W/\"2\"",
                    "If-Modified-Since": "Tue, 17 Nov 2026 11:06:40 GMT",
                ])))
        #expect(Validation.request(request, validating: try Exchanges.stored([:])) == nil)
    }

    @Test("4.3.4: a 304 is about what it names")
    func confirms() throws {
        let stored = [
            try Exchanges.stored(["ETag": "\"1\"", "Date": "Tue, 17 Nov 2026 11:06:40 GMT"]),
            try Exchanges.stored(["ETag": "\"2\"", "Date": "Tue, 17 Nov 2026 11:06:45 GMT"]),
            try Exchanges.stored(["ETag": "\"1\"", "Date": "Tue, 17 Nov 2026 11:06:50 GMT"]),
        ]
        func confirmed(_ fields: KeyValuePairs<String, String>) throws -> [Int] {
            Validation.confirmed(by: try Exchanges.fields(fields), among: stored)
        }
        #expect(try confirmed(["ETag": "\"1\""]) == [0, 2])
        #expect(try confirmed(["ETag": "W/\"1\""]) == [2])
        #expect(try confirmed(["ETag": "\"3\""]) == [])
        #expect(try confirmed([:]) == [2])
    }

    @Test("3.2: its fields replace those that are stored, but not what the bytes depend on")
    func merges() throws {
        let stored = try Exchanges.stored([
            "Cache-Control": "max-age=1", "Content-Length": "10", "Content-Encoding": "gzip", "X-A": "old",
            "X-B": "old",
            "Age": "50",
        ])
        let later = Exchanges.then.advanced(by: 100)
        let fresh = stored.freshened(
            by: try Exchanges.fields([
                "Cache-Control": "max-age=60", "Content-Length": "0", "Content-Encoding": "br", "X-A": "new",
                "Connection": "X-C", "X-C": "1",
            ]), requestTime: later, responseTime: later, rules: rules)
        let expected: KeyValuePairs = [
            "Cache-Control": "max-age=60", "Content-Length": "10", "Content-Encoding": "gzip", "X-A": "new",
            "X-B": "old",
        ]
        #expect(fresh.fields.count == expected.count, "\(fresh.fields)")
        for (name, value) in expected { #expect(fresh.fields[try #require(HTTPField.Name(name))] == value) }
        #expect(Freshness(of: fresh, now: later.advanced(by: 59), rules).isFresh)
    }

    @Test("4.3.5: a HEAD about other bytes makes what is stored stale")
    func head() throws {
        let stored = try Exchanges.stored(["Cache-Control": "max-age=60", "ETag": "\"1\"", "Content-Length": "10"])
        func updated(_ fields: KeyValuePairs<String, String>) throws -> Bool {
            let updated = stored.updated(
                byHead: try Exchanges.fields(fields), requestTime: Exchanges.then, responseTime: Exchanges.then,
                rules: rules)
            return !updated.isInvalidated && Freshness(of: updated, now: Exchanges.then, rules).isFresh
        }
        #expect(try updated(["ETag": "\"1\"", "Content-Length": "10"]))
        #expect(try !updated(["ETag": "\"2\"", "Content-Length": "10"]))
        #expect(try !updated(["Content-Length": "11"]))
    }

    @Test(
        "4.3.2: a client that has what is stored is told so",
        arguments: [
            (["If-None-Match": "\"1\""], true), (["If-None-Match": "W/\"1\""], true), (["If-None-Match": "*"], true),
            (["If-None-Match": "\"2\", \"1\""], true), (["If-None-Match": "\"2\""], false),
            (["If-Modified-Since": "Tue, 17 Nov 2026 11:06:40 GMT"], true),
            (["If-Modified-Since": "Tue, 17 Nov 2026 11:06:39 GMT"], false),
            // The tag counts where both are there.
            (["If-None-Match": "\"2\"", "If-Modified-Since": "Tue, 17 Nov 2026 11:06:40 GMT"], false), ([:], false),
        ] as [(KeyValuePairs<String, String>, Bool)])
    func known(request: KeyValuePairs<String, String>, isKnown: Bool) throws {
        let stored = try Exchanges.stored(["ETag": "\"1\"", "Last-Modified": "Tue, 17 Nov 2026 11:06:40 GMT"])
        #expect(stored.isKnown(toSenderOf: try Exchanges.fields(request)) == isKnown)
    }

    @Test("4.1: requests match by what Vary names, however it is spaced and spread over lines")
    func vary() throws {
        let response = try Exchanges.fields(["Vary": "Accept , x-a", "Vary": "X-A"])
        func key(_ request: KeyValuePairs<String, String>) throws -> String {
            Vary.key(of: try Exchanges.fields(request), chosenBy: response)
        }
        #expect(try key(["Accept": "a/b,  c/d", "Other": "1"]) == key(["Accept": "a/b", "Accept": "c/d"]))
        #expect(try key(["Accept": "a/b"]) != key(["Accept": "c/d"]))
        #expect(try key([:]) != key(["X-A": ""]))
    }

    @Test("RFC 5861, 4: what is stored stands in for an error within its window, unless it must be revalidated")
    func staleIfError() throws {
        let request = try Exchanges.request()
        func substitutes(_ control: String, after seconds: Int64, asking: HTTPRequest) throws -> Bool {
            try Exchanges.stored(["Cache-Control": control])
                .maySubstituteError(for: asking, now: Exchanges.then.advanced(by: seconds), rules: rules) != nil
        }
        #expect(try substitutes("max-age=10, stale-if-error=20", after: 30, asking: request))
        #expect(try !substitutes("max-age=10, stale-if-error=20", after: 31, asking: request))
        #expect(try !substitutes("max-age=10, stale-if-error=20, must-revalidate", after: 20, asking: request))
        #expect(try !substitutes("max-age=10", after: 20, asking: request))
        let tolerant = try Exchanges.request(["Cache-Control": "stale-if-error=20"])
        #expect(try substitutes("max-age=10", after: 20, asking: tolerant))
    }

    @Test(
        "4.4: what succeeds in changing something makes what is stored obsolete",
        arguments: [
            (HTTPRequest.Method.post, 200, true), (.put, 204, true), (.delete, 302, true), (.patch, 404, false),
            (.post, 500, false), (.get, 200, false), (.head, 200, false), (.options, 200, false),
        ])
    func invalidation(method: HTTPRequest.Method, status: Int, happens: Bool) {
        #expect(Invalidation.happens(method: method, status: .init(code: status)) == happens)
    }
}
