import HTTPTypes
import Testing

@testable import HTTPCaching

/// Requests and responses as tersely as tests need them.
enum Exchanges {
    /// When everything that is stored was fetched.
    static let then = HTTPDate(seconds: 1_795_000_000)

    static func fields(_ fields: KeyValuePairs<String, String>) throws -> HTTPFields {
        var result: HTTPFields = [:]
        for (name, value) in fields { result.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
        return result
    }

    static func request(
        _ fields: KeyValuePairs<String, String> = [:], method: HTTPRequest.Method = .get
    ) throws -> HTTPRequest {
        HTTPRequest(method: method, scheme: nil, authority: nil, path: nil, headerFields: try self.fields(fields))
    }

    /// What comes of storing a response that has just arrived.
    static func storing(
        _ fields: KeyValuePairs<String, String>, status: Int = 200, to request: KeyValuePairs<String, String> = [:],
        method: HTTPRequest.Method = .get, rules: CacheRules = CacheRules(isShared: true)
    ) throws -> Storability {
        Storability(
            of: HTTPResponse(status: .init(code: status), headerFields: try self.fields(fields)),
            to: try self.request(request, method: method), requestTime: then, responseTime: then, rules: rules)
    }

    static func stored(
        _ fields: KeyValuePairs<String, String>, status: Int = 200
    ) throws -> StoredResponse {
        StoredResponse(
            status: .init(code: status), fields: try self.fields(fields), requestTime: then, responseTime: then)
    }

    /// What is decided about a request some seconds later: `serve`, `refresh`, `validate`, `forward` or `refuse`.
    static func deciding(
        _ request: KeyValuePairs<String, String> = [:], on stored: KeyValuePairs<String, String>, after seconds: Int64,
        rules: CacheRules = CacheRules(isShared: true)
    ) throws -> String {
        let decision = CacheDecision(
            on: try self.request(request), stored: try self.stored(stored), isOtherStored: false,
            now: then.advanced(by: seconds), rules: rules)
        switch decision {
        case .serve(_, let refreshes): return refreshes ? "refresh" : "serve"
        case .validate: return "validate"
        case .forward: return "forward"
        case .refuse: return "refuse"
        }
    }
}
