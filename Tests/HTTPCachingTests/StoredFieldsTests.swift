import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 3.1: storing fields")
struct StoredFieldsTests {
    private func kept(_ lines: [String], rules: CacheRules = .shared) throws -> Set<String> {
        let stored = try Exchange.stored(["Cache-Control: public, max-age=60", "Date: \(at(0))"] + lines, rules: rules)
        return Set(stored.fields.map { $0.name.canonicalName }).subtracting(["cache-control", "date"])
    }

    @Test("Fields that a cache does not know are kept")
    func unknown() throws {
        #expect(
            try kept(["X-A: 1", "Content-Foo: 2", "Content-MD5: 3", "Set-Cookie2: 4"]) == [
                "x-a", "content-foo", "content-md5", "set-cookie2",
            ])
    }

    @Test(
        "Fields of the connection are not",
        arguments: [
            "Connection: close", "Keep-Alive: timeout=5", "Proxy-Connection: close", "TE: trailers",
            "Transfer-Encoding: chunked", "Upgrade: h2c", "Proxy-Authenticate: Basic",
            "Proxy-Authentication-Info: x", "Proxy-Authorization: x",
        ])
    func ofTheConnection(line: String) throws {
        #expect(try kept([line, "B: 2"]) == ["b"])
    }

    @Test("Nor are those that Connection lists, in any case and on any line")
    func listed() throws {
        #expect(try kept(["Connection: a, B", "Connection: C", "A: 1", "b: 2", "c: 3", "d: 4"]) == ["d"])
    }

    @Test("Nor those that no-cache names, and in a shared cache those that private names")
    func named() throws {
        let lines = ["Cache-Control: no-cache=\"a\", private=\"b, C\"", "A: 1", "B: 2", "C: 3", "D: 4"]
        #expect(try kept(lines) == ["d"])
        #expect(try kept(lines, rules: .single) == ["b", "c", "d"])
    }

    @Test(
        "What restricts a response cannot be taken from it",
        arguments: [
            "Connection: cache-control, vary, expires, age", "Cache-Control: no-cache=\"cache-control, vary, age\"",
            "Cache-Control: private=\"Cache-Control, Vary, Age, Date\"",
        ])
    func steering(line: String) throws {
        let stored = try Exchange.stored(["Cache-Control: max-age=60", "Vary: Accept", "Age: 50", "ETag: \"a\"", line])
        #expect(stored.outcome(after: 9) == .serve)
        #expect(stored.outcome(after: 10) == .validate(.stale))
        #expect(stored.fields[.vary] == "Accept")
    }

    @Test("A proxy forwards none of the fields of a connection")
    func removed() {
        let fields = Exchange.fields(["Connection: X", "X: 1", "TE: trailers", "Trailer: Y", "Z: 2"])
        #expect(ConnectionFields.removed(from: fields) == Exchange.fields(["Z: 2"]))
    }
}
