import HTTPCaching
import HTTPTypes
import Testing

/// A client, a cache and an origin at a fixed time: fields are written as in a message, such as `ETag: "a"`.
enum Exchange {
    /// When every stored response was asked for and arrived.
    static let start = HTTPDate(seconds: 1_795_000_000)

    static func fields(_ lines: [String]) -> HTTPFields {
        var fields = HTTPFields()
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else {
                Issue.record("No field: \(line)")
                continue
            }
            fields.append(HTTPField(name: name, value: String(parts[1].drop { $0 == " " })))
        }
        return fields
    }

    static func request(_ lines: [String] = [], method: HTTPRequest.Method = .get) -> HTTPRequest {
        HTTPRequest(
            method: method, scheme: "https", authority: "origin.example", path: "/", headerFields: fields(lines))
    }

    static func storability(
        _ lines: [String], status: Int = 200, asked: [String] = [], method: HTTPRequest.Method = .get,
        isOfTarget: Bool = false, delay: Int64 = 0, rules: CacheRules = .shared
    ) -> Storability {
        Storability(
            of: HTTPResponse(status: .init(code: status), headerFields: fields(lines)),
            to: request(asked, method: method), isOfTarget: isOfTarget, requestTime: start.advanced(by: -delay),
            responseTime: start,
            rules: rules)
    }

    static func refusal(
        _ lines: [String], status: Int = 200, asked: [String] = [], method: HTTPRequest.Method = .get,
        isOfTarget: Bool = false, rules: CacheRules = .shared
    ) -> Storability.Refusal? {
        guard
            case .refused(let refusal) = storability(
                lines, status: status, asked: asked, method: method, isOfTarget: isOfTarget, rules: rules)
        else { return nil }
        return refusal
    }

    /// What a cache keeps of a response with these fields; the test fails where it keeps nothing.
    static func stored(
        _ lines: [String], status: Int = 200, asked: [String] = [], delay: Int64 = 0, rules: CacheRules = .shared
    ) throws -> StoredResponse {
        let storability = storability(lines, status: status, asked: asked, delay: delay, rules: rules)
        guard case .storable(let stored) = storability else {
            throw NotStored(storability: storability)
        }
        return stored
    }

    struct NotStored: Error {
        let storability: Storability
    }
}

/// The text of a date so many seconds after ``Exchange/start``.
func at(_ seconds: Int64) -> String { Exchange.start.advanced(by: seconds).text }

extension CacheRules {
    static let shared = CacheRules(isShared: true)
    static let single = CacheRules(isShared: false)
    static let withoutCookies = CacheRules(isShared: true, storesCookies: false)
}

extension StoredResponse {
    func freshness(after seconds: Int64 = 0, rules: CacheRules = .shared) -> Freshness {
        Freshness(of: self, now: Exchange.start.advanced(by: seconds), rules)
    }

    /// What the cache does with a request so many seconds after it stored this.
    func outcome(
        after seconds: Int64 = 0, asking lines: [String] = [], method: HTTPRequest.Method = .get,
        rules: CacheRules = .shared
    ) -> Outcome {
        Outcome(
            CacheDecision(
                on: Exchange.request(lines, method: method), stored: self, isOtherStored: false,
                now: Exchange.start.advanced(by: seconds), rules: rules))
    }
}

/// A decision without its numbers.
enum Outcome: Equatable {
    case serve
    case serveAndRefresh
    case validate(CacheStatus.Forwarding)
    case forward(CacheStatus.Forwarding)
    case refuse

    init(_ decision: CacheDecision) {
        self =
            switch decision {
            case .serve(_, let refreshes): refreshes ? .serveAndRefresh : .serve
            case .validate(let why): .validate(why)
            case .forward(let why): .forward(why)
            case .refuse: .refuse
            }
    }
}
