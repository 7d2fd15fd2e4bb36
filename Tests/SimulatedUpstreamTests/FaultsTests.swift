import HTTPTypes
import Testing

@testable import SimulatedUpstream

@Suite("Faults")
struct FaultsTests {
    @Test("befall every request where that is asked for")
    func everyRequest() throws {
        let upstream = try Upstream.invented(20, faults: ["503=1"], faultsEveryRequest: true)
        let url = try #require(upstream.catalog.files.first)
        for _ in 0..<3 { #expect(try upstream.answer(for: url).status == .serviceUnavailable) }
    }

    @Test("befall the first request only", arguments: FaultKind.allCases.filter { !$0.isPermanent })
    func passing(kind: FaultKind) throws {
        let upstream = try Upstream.invented(20, faults: ["\(kind.rawValue)=1"])
        let url = try #require(upstream.catalog.files.first)
        let whole = try Upstream.invented(20).answer(for: url)

        switch (kind, try upstream.delivery(for: url)) {
        case (.tooMany, .whole(let answer)):
            #expect(answer.status == .tooManyRequests && answer.headers[.retryAfter] == nil)
        case (.tooManyWithRetryAfter, .whole(let answer)):
            #expect(answer.status == .tooManyRequests && answer.headers[.retryAfter] == "1")
        case (.unavailable, .whole(let answer)): #expect(answer.status == .serviceUnavailable)
        case (.slow, .slow(let answer)), (.truncate, .cut(let answer)): #expect(answer.isPDF)
        case (.wrongLength, .overstated(let answer)):
            #expect(answer.bytes == whole.bytes)
            #expect(answer.headers[.contentLength] == String(whole.bytes.count + 1))
        case (.reset, .reset): break
        case (.redirect, .whole(let answer)):
            let target = try #require(answer.headers[.location])
            #expect(target != url)
            #expect(try upstream.answer(for: target).bytes == whole.bytes)
        case (_, let delivery): Issue.record("unexpected \(delivery)")
        }
        #expect(try upstream.answer(for: url).bytes == whole.bytes)
        let report = try upstream.answer(for: "http://x.example/_sim/report").json
        #expect(report["faults"]?[kind.rawValue]?.int == 1)
        #expect(report["artifact_urls"]?.int == 1)
    }

    @Test("befall every request where they last", arguments: FaultKind.allCases.filter(\.isPermanent))
    func lasting(kind: FaultKind) throws {
        let upstream = try Upstream.invented(20, faults: ["\(kind.rawValue)=1"])
        let url = try #require(upstream.catalog.files.first)
        let whole = try Upstream.invented(20).answer(for: url)

        for _ in 0..<2 {
            switch (kind, try upstream.delivery(for: url, headers: [.range: "bytes=9-"])) {
            case (.wrongType, .whole(let answer)):
                #expect(answer.headers[.contentType]?.hasPrefix("text/html") == true)
                #expect(answer.bytes == Array(whole.bytes.dropFirst(9)))
            case (.endless, .endless(let answer)), (.drip, .drip(let answer)):
                #expect(answer.bytes == whole.bytes)
                #expect(answer.status == .ok && answer.headers[.contentLength] == nil)
                #expect(answer.headers[.contentType] == whole.headers[.contentType])
            case (.gzipBomb, .whole(let answer)):
                #expect(answer.status == .ok && answer.headers[.contentEncoding] == "gzip")
                #expect(answer.headers[.contentType] == whole.headers[.contentType])
                #expect(answer.headers[.contentLength] == String(answer.length))
            case (.redirectLoop, .whole(let answer)), (.redirectInternal, .whole(let answer)):
                #expect(answer.status == .found && answer.headers[.location] != url)
            case (_, let delivery): Issue.record("unexpected \(delivery)")
            }
        }
        let report = try upstream.answer(for: "http://x.example/_sim/report").json
        #expect(report["faults"]?[kind.rawValue]?.int == 2)
        #expect(report["artifact_urls"]?.int == (kind == .wrongType ? 1 : 0))
    }

    @Test(
        "befall what they are meant for, and leave the API alone but for refusals and gzip",
        arguments: FaultKind.allCases)
    func targets(kind: FaultKind) throws {
        let upstream = try Upstream.invented(20, faults: ["\(kind.rawValue)=1"])
        let befallsAPI = [.tooMany, .tooManyWithRetryAfter, .unavailable, .gzipBomb].contains(kind)
        let answer = try upstream.answer(for: "http://api.openalex.org/works?search=rivers")
        #expect((answer.status != .ok || answer.headers[.contentEncoding] != nil) == befallsAPI)
        if kind == .gzipBomb { #expect(answer.headers[.contentType] == "application/json") }

        let page = try #require(upstream.catalog.works.lazy.flatMap(\.locations).compactMap(\.landingURL).first)
        _ = try upstream.delivery(for: page)
        let report = try upstream.answer(for: "http://x.example/_sim/report").json
        #expect((report["faults"]?[kind.rawValue]?.int ?? 0) == (kind == .wrongType ? 0 : befallsAPI ? 2 : 1))
    }

    @Test("a redirect loop goes back and forth between two addresses")
    func redirectLoop() throws {
        let upstream = try Upstream.invented(20, faults: ["redirect-loop=1"])
        let works = upstream.catalog.works
        let pages = works.flatMap(\.locations).compactMap(\.landingURL)
        for url in upstream.catalog.files + pages + works.compactMap(\.doi).map({ "http://doi.org/\($0)" }) {
            let other = try #require(try upstream.answer(for: url).headers[.location])
            #expect(other != url)
            let back = try #require(try upstream.answer(for: other).headers[.location])
            #expect(back.hasSuffix(try #require(URLKey.split(url)).target))
            #expect(try upstream.answer(for: back).headers[.location] == other)
        }
    }

    @Test("a redirect leads to where only machines of a cloud may look")
    func redirectInternal() throws {
        let upstream = try Upstream.invented(20, faults: ["redirect-internal=1"])
        let page = try #require(upstream.catalog.works.lazy.flatMap(\.locations).compactMap(\.landingURL).first)
        for url in [try #require(upstream.catalog.files.first), page] {
            let answer = try upstream.answer(for: url)
            #expect(answer.status == .found)
            #expect(answer.headers[.location] == "http://169.254.169.254/latest/meta-data/")
        }
    }

    @Test(
        "a body that does not end belongs to a success, whatever else is there",
        arguments: ["endless", "drip", "gzip-bomb"])
    func successes(kind: String) throws {
        let upstream = try Upstream.invented(200, faults: ["\(kind)=1"])
        let works = upstream.catalog.works
        for url in works.flatMap(\.detours.keys) + works.compactMap(\.doi).map({ "http://doi.org/\($0)" }) {
            let answer = try #require(try upstream.delivery(for: url).answer)
            #expect(answer.status == .ok && answer.headers[.location] == nil, "\(url)")
        }
    }

    @Test("a HEAD has an end and a length", arguments: ["endless", "drip", "gzip-bomb"])
    func head(kind: String) throws {
        let upstream = try Upstream.invented(20, faults: ["\(kind)=1"])
        let url = try #require(upstream.catalog.files.first)
        guard case .whole(let answer) = try upstream.delivery(for: url, method: .head) else {
            Issue.record("\(kind) befell a HEAD")
            return
        }
        #expect(answer.status == .ok && answer.headers[.contentLength] == String(answer.length))
    }

    @Test("refuses what is not a share", arguments: ["endless", "bomb=1", "drip=2", "gzip-bomb=-1", "=1", "drip=1=1"])
    func badShares(text: String) {
        #expect(throws: ArgumentProblem.self) { try FaultShare(parsing: text) }
    }
}
