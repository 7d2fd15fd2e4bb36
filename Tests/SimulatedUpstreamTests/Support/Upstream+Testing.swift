import HTTPTypes
import NIOCore
import Testing

@testable import SimulatedUpstream

extension Upstream {
    /// An upstream with invented works.
    static func invented(
        _ count: Int, limits: [String] = [], faults: [String] = [], faultsEveryRequest: Bool = false,
        robots: [String] = []
    ) throws -> Upstream {
        try Upstream(
            catalog: Catalog(generated: count, seed: 7), limits: limits.map { try LimitRule(parsing: $0) },
            toleranceMilliseconds: 0, faults: faults.map { try FaultShare(parsing: $0) },
            faultsEveryRequest: faultsEveryRequest,
            robots: robots.map { try RobotsRule(parsing: $0) })
    }

    func delivery(
        for url: String, method: HTTPRequest.Method = .get, headers: HTTPFields = [:]
    ) throws -> Delivery {
        let (authority, target) = try #require(URLKey.split(url))
        return delivery(
            for: UpstreamRequest(
                HTTPRequest(
                    method: method, scheme: "http", authority: String(authority), path: String(target),
                    headerFields: headers)))
    }

    /// The answer that is not tampered with.
    func answer(for url: String, headers: HTTPFields = [:]) throws -> Answer {
        guard case .whole(let answer) = try delivery(for: url, headers: headers) else {
            throw ArgumentProblem("\(url) is not answered properly")
        }
        return answer
    }

    /// Follows redirects to the end.
    func follow(_ url: String) throws -> (url: String, answer: Answer) {
        var url = url
        for _ in 0..<5 {
            let answer = try answer(for: url)
            guard let location = answer.headers[.location] else { return (url, answer) }
            url = location
        }
        throw ArgumentProblem("too many redirects to \(url)")
    }
}

extension Catalog {
    /// Addresses that answer with a file at once.
    var files: [String] {
        works.filter { $0.offer.via == .location && $0.detours.isEmpty }.flatMap(\.offer.urls)
    }
}

extension Answer {
    var bytes: [UInt8] { body.flatMap { Array($0.readableBytesView) } }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    var json: JSON {
        get throws { try JSONParser.parse(bytes) }
    }

    var isPDF: Bool { status == .ok && bytes.starts(with: "%PDF-1.4".utf8) }
}
