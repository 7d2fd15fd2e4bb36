import NIOHTTP1
import ScriptedOrigin
import Testing

/// A first request whose answer a second request gets too, or does not.
struct ReuseCase: Sendable, CustomTestStringConvertible {
    enum Verdict {
        /// The second is answered from the cache.
        case reused
        /// The origin is asked again.
        case fetched
        /// RFC 9111 allows both.
        case either
    }

    let verdict: Verdict
    let title: String
    let answer: ScriptedAnswer
    let method: HTTPMethod
    let first: KeyValuePairs<String, String>
    let then: KeyValuePairs<String, String>

    var testDescription: String { title }

    /// - Parameters:
    ///   - headers: those of the answer to the first request.
    ///   - method: that of the first request; the second is a GET.
    ///   - first: fields of the first request.
    ///   - then: fields of the second.
    init(
        _ verdict: Verdict, _ title: String, _ headers: KeyValuePairs<String, String>, status: Int = 200,
        method: HTTPMethod = .GET, first: KeyValuePairs<String, String> = [:],
        then: KeyValuePairs<String, String> = [:]
    ) {
        self.verdict = verdict
        self.title = title
        self.method = method
        self.first = first
        self.then = then
        answer = ScriptedAnswer(status, status == 204 ? "" : "first", headers)
    }

    func check() async throws {
        let resource = try Site.here.resource(answer, .ok("second"))
        let initial = try await resource.send(method, first)
        #expect(initial.status == answer.status, "\(initial)")
        #expect(initial.body == answer.body || method == .HEAD, "\(initial)")
        let next = try await resource.get(then)
        switch verdict {
        case .reused:
            #expect(next.forwarded.isEmpty, "\(title): \(next)")
            #expect(next.status == answer.status, "\(title): \(next)")
            #expect(next.body == answer.body, "\(title): \(next)")
        case .fetched:
            #expect(next.forwarded.count == 1, "\(title): \(next)")
            #expect(next.text == "second", "\(title): \(next)")
        case .either:
            let isReused = next.forwarded.isEmpty
            #expect(next.body == (isReused ? answer.body : ScriptedAnswer.ok("second").body), "\(title): \(next)")
        }
    }
}
