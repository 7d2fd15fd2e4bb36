import Foundation
import RateLimiting
import TestSupport
import Testing

@Suite("Tuples that a suspension splits") struct SplitTuplesTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

    @Test("stand nowhere: the optimizer corrupts them", arguments: ["Sources", "Tests", "Benchmarks"])
    func sources(_ folder: String) throws {
        let files = try #require(
            FileManager.default.enumerator(at: Self.root.appending(path: folder), includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" && file.path() != #filePath {
            count += 1
            let lines = SplitTuples.lines(in: try String(contentsOf: file, encoding: .utf8))
            #expect(lines.isEmpty, "\(file.path()): bind what is awaited first, or use a named type")
        }
        #expect(count > 0)
    }

    @Test(
        "are found wherever they stand",
        arguments: [
            ("return (index, .success(try await acquire.decision()))", [1]),
            ("group.addTask { (index, try await join(log, inForce, index)) }", [1]),
            ("let x = 1\nreturn (\n    index,\n    try await f(\n        a)\n)", [2]),
            ("return (await a(), b)", [1]), ("f((x, await g()))", [1]), ("[(1, [await g()])]", [1]),
            ("let s = \"\\(\")\")\"; return (s, await g()) // (", [1]),
            ("f(index, await g())", []), ("return (await g())", []), ("let v = await g()\nreturn (index, v)", []),
            ("return (index, { await g() })", []), ("// (a, await b)\nlet s = \"(a, await b)\"", []),
            ("let s = #\"\"\"\n(a, await b)\n\"\"\"#", []), ("return (awaited, x)", []), ("/* ( */ f(a, await b)", []),
            ("let r = #/(a, await)/#", []), ("Result<Int, E>(a, await b)", []), ("f(\"\\((a, await b))\")", []),
        ])
    func found(_ source: String, _ lines: [Int]) {
        #expect(SplitTuples.lines(in: source) == lines)
    }

    private struct Indexed: Sendable {
        let index: Int
        let decision: Result<Decision, AcquireError>
    }

    /// Requests that have to wait, as a batch has them.
    private static func pending() throws -> [(index: Int, acquire: PendingAcquire)] {
        let document = LimitsDocument(defaults: ["r": PolicyPatch(rates: [try Rate(parsing: "1/SECOND")])])
        let limits = MemoryBackend(
            table: LimitTable(version: 1, document: document), clock: ContinuousClock(),
            wallClock: Timestamp(microseconds: 0))
        return (0..<20).map { index in
            let request = AcquireRequest(
                claims: [.init(key: LimitKey(host: "h\(index)", role: "r"))], hold: false, reportsUsage: true)
            return (
                index,
                PendingAcquire {
                    for _ in 0...index { await Task.yield() }
                    return try await limits.check(request)
                }
            )
        }
    }

    /// As the answers of a batch are awaited. Built with -O, this is where the fault would show.
    @Test("are not needed: a value of a named type comes back whole")
    func whole() async throws {
        let pending = try Self.pending()
        let values = try await withThrowingTaskGroup(of: Indexed.self) { group in
            for (index, acquire) in pending {
                group.addTask {
                    let decision: Result<Decision, AcquireError>
                    do {
                        decision = .success(try await acquire.decision())
                    } catch let error as AcquireError {
                        decision = .failure(error)
                    }
                    return Indexed(index: index, decision: decision)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(values.map(\.index).sorted() == Array(0..<20))
        for value in values {
            #expect(try value.decision.get().grant?.usage.map(\.key.host) == ["h\(value.index)"])
        }
    }

    /// The form that is kept out, for whoever tries another compiler: 6.3.1 with -O loses indexes, a debug build none.
    /// Nothing depends on the outcome.
    @Test("say whether this compiler still corrupts them")
    func old() async throws {
        let pending = try Self.pending()
        let indexes = try await withThrowingTaskGroup(of: (Int, Result<Decision, AcquireError>).self) { group in
            for (index, acquire) in pending {
                group.addTask {
                    do {
                        return (index, .success(try await acquire.decision()))
                    } catch let error as AcquireError {
                        return (index, .failure(error))
                    }
                }
            }
            var indexes: Set<Int> = []
            while let next = try await group.next() { indexes.insert(next.0) }
            return indexes
        }
        print("tuples split by a suspension: \(20 - indexes.count) of 20 indexes were lost")
    }
}
