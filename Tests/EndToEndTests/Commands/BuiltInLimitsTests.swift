import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// From an empty folder, where no file says anything.
@Suite("The limits that are compiled in, without any file", .timeLimit(.minutes(2))) struct BuiltInLimitsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func weir(_ arguments: [String]) throws -> RunningProcess {
        try RunningProcess(
            "/usr/bin/env", ["-C", folder.url.path(), RunningProcess.path(of: "weir")] + arguments)
    }

    @Test("are in force, and explained as built in")
    func explained() async throws {
        let explain = try weir(["config", "explain", "arxiv.org", "artifact"])
        #expect(await explain.exit() == 0, "\(explain.output)")
        let rates = try #require(explain.output.first { $0.contains("rates") })
        #expect(rates.contains("1/30SECOND") && rates.contains("built in (hosts.arxiv.org.artifact.rates)"), "\(rates)")
        let service = try weir(["serve", "--port", "0"])
        let url = try await service.captured(#/"message":"listening".*"url":"([^"]+)"/#)
        let answer = try await HTTP.get("\(url)/v1/limits/effective?host=export.arxiv.org&role=metadata")
        #expect(answer.text.contains(#""origin":"built in""#) && answer.text.contains("1/6SECOND"), "\(answer.text)")
        let ask = #"{"host":"export.arxiv.org","role":"metadata","max_wait_ms":0}"#
        #expect(try await HTTP.send(.POST, "\(url)/v1/tokens/acquire", ask).status == 200)
        #expect(try await HTTP.send(.POST, "\(url)/v1/tokens/acquire", ask).status == 429)
    }

    @Test("are printed as a document that says the same")
    func printed() async throws {
        let defaults = try weir(["config", "defaults"])
        #expect(await defaults.exit() == 0)
        let file = folder.url.appending(path: "limits.yaml")
        try Data(defaults.output.joined(separator: "\n").utf8).write(to: file)
        let check = try weir(["config", "check", file.path()])
        #expect(await check.exit() == 0, "\(check.output)")
        #expect(check.output.count == 1, "\(check.output)")
        let explain = try weir(["config", "explain", "arxiv.org", "artifact", "--rate-config", file.path()])
        #expect(await explain.exit() == 0)
        #expect(explain.output.contains { $0.contains("1/30SECOND") && $0.contains("file ") }, "\(explain.output)")
    }
}
