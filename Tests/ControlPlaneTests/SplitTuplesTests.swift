import Foundation
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
        let value: Result<String, CancellationError>
    }

    private static func work(_ index: Int) async throws -> String {
        try await Task.sleep(for: .microseconds(index))
        return "\(index)"
    }

    /// As the code of Weir returns it. Built with -O this is where a compiler would show the fault.
    @Test("are not needed: a value of a named type comes back whole")
    func whole() async throws {
        let values = try await withThrowingTaskGroup(of: Indexed.self) { group in
            for index in 0..<20 {
                group.addTask {
                    let value = try await Self.work(index)
                    return Indexed(index: index, value: .success(value))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(values.map(\.index).sorted() == Array(0..<20))
        for value in values { #expect(try value.value.get() == "\(value.index)") }
    }

    /// The form that is kept out, for whoever tries a newer compiler: nothing depends on its outcome.
    @Test("say whether this compiler still corrupts them")
    func old() async throws {
        let values = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for index in 0..<20 {
                group.addTask { (index, try await Self.work(index).utf8.count) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let lost = Set(0..<20).subtracting(values.map(\.0)).count
        print("tuples split by a suspension: \(lost) of 20 were corrupted")
    }
}
