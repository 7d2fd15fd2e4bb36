import HTTPTypes
import RateLimiting

@testable import Fetching
@testable import HTTPCaching

/// The fields of a response and of the request that it may answer later, a line each.
enum FieldsFuzzing {
    static func run(_ bytes: [UInt8]) throws {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).prefix(64)
        let parts = lines.split(separator: [], maxSplits: 1)
        let (responseFields, requestFields) = (fields(parts.first ?? []), fields(parts.dropFirst().first ?? []))
        let now = HTTPDate(seconds: 1_700_000_000)
        let request = HTTPRequest(
            method: .get, scheme: nil, authority: nil, path: nil, headerFields: requestFields)
        for status in [200, 206, 404] {
            let response = HTTPResponse(status: .init(code: status), headerFields: responseFields)
            for isShared in [false, true] {
                let rules = CacheRules(isShared: isShared, staleWhileRevalidate: 1)
                let storability = Storability(
                    of: response, to: request, requestTime: now, responseTime: now, rules: rules)
                guard case .storable(let stored) = storability else { continue }
                try check(stored, request, now, rules)
            }
        }
        try hints(responseFields)
    }

    private static func check(
        _ stored: StoredResponse, _ request: HTTPRequest, _ now: HTTPDate, _ rules: CacheRules
    ) throws {
        for elapsed: Int64 in [0, 60, 1 << 40] {
            let freshness = Freshness(of: stored, now: now.advanced(by: elapsed), rules)
            try FuzzTarget.require(freshness.age >= 0, "an age of \(freshness.age)")
            _ = CacheDecision(
                on: request, stored: stored, isOtherStored: false, now: now.advanced(by: elapsed), rules: rules)
        }
        if let range = ByteRange(of: request.headerFields), let bytes = range.resolved(length: 1_000) {
            try FuzzTarget.require(bytes.lowerBound >= 0 && bytes.upperBound <= 1_000, "bytes \(bytes) of 1000")
        }
        _ = Validation.request(request, validating: stored, others: [])
        _ = Vary.key(of: request.headerFields, chosenBy: stored.fields)
    }

    /// What the host asks for: never in the past, never for ever.
    private static func hints(_ fields: HTTPFields) throws {
        guard let address = try? WebAddress(parsing: "http://a/") else { return }
        let response = FetchResponse(
            status: .tooManyRequests, headers: fields, body: .empty, address: address)
        let outcome = UpstreamOutcome(response, now: Timestamp(microseconds: 1_700_000_000_000_000))
        for hint in [outcome.retryAfter, outcome.reset].compactMap(\.self) {
            try FuzzTarget.require(hint >= 0, "a rest of \(hint) µs")
        }
    }

    private static func fields(_ lines: some Sequence<ArraySlice<UInt8>>) -> HTTPFields {
        var fields: HTTPFields = [:]
        for line in lines {
            let pair = line.split(separator: UInt8(ascii: ":"), maxSplits: 1)
            guard pair.count == 2, let name = HTTPField.Name(String(decoding: pair[0], as: UTF8.self)) else { continue }
            fields.append(HTTPField(name: name, value: String(decoding: pair[1], as: UTF8.self)))
        }
        return fields
    }
}
