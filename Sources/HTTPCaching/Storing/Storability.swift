package import HTTPTypes

/// Whether a response may be kept (RFC 9111, section 3), and what of it.
package enum Storability: Hashable, Sendable {
    case storable(StoredResponse)
    case refused(Refusal)

    /// Why it is not kept.
    package enum Refusal: String, Hashable, Sendable {
        case method
        case status
        case noStore = "no-store"
        case privateResponse = "private"
        case authorization
        case setCookie = "set-cookie"
        case varyAny = "vary"
        /// A part that does not say which.
        case partial
        /// It could never be used again.
        case useless
    }

    /// - Parameters:
    ///   - request: as it was sent to the origin.
    ///   - isOfTarget: whether `Content-Location` names the request's own URL; then the answer to a POST may stand for
    ///     the answer to a GET (RFC 9110, section 9.3.3).
    package init(
        of response: HTTPResponse, to request: HTTPRequest, isOfTarget: Bool = false, requestTime: HTTPDate,
        responseTime: HTTPDate, rules: CacheRules
    ) {
        var stored = StoredResponse(
            status: response.status, fields: response.headerFields, requestTime: requestTime,
            responseTime: responseTime)
        if let refusal = Self.refusal(of: stored, to: request, isOfTarget: isOfTarget, rules) {
            self = .refused(refusal)
            return
        }
        stored.fields = stored.storableFields(rules)
        if response.status == .partialContent {
            guard let range = ContentRange(of: response.headerFields) else {
                self = .refused(.partial)
                return
            }
            stored.extent = .part(range: range.range, length: range.length)
        }
        // RFC 9110, section 6.6.1.
        if !stored.fields.contains(.date) { stored.fields[.date] = responseTime.text }
        guard stored.mayBeOfUse(rules) else {
            self = .refused(.useless)
            return
        }
        self = .storable(stored)
    }

    private static func refusal(
        of response: StoredResponse, to request: HTTPRequest, isOfTarget: Bool, _ rules: CacheRules
    ) -> Refusal? {
        let (directives, isTargeted) = CacheControl.ofResponse(response.fields, isShared: rules.isShared)
        let isContent =
            request.method == .get
            || request.method == .post && isOfTarget && response.status == .ok
                && (response.statedLifetime(rules) ?? 0) > 0
        guard isContent else { return .method }
        guard !CacheControl(ofRequest: request.headerFields).noStore else { return .noStore }
        let status = response.status.code
        if directives.mustUnderstand {
            guard Self.understood.contains(status) else { return .status }
        } else if directives.noStore {
            return .noStore
        }
        // A 304 says something about what is stored, a 416 about one range: they are nothing to store.
        guard status >= 200, status != 304, status != 416 else { return .status }
        if rules.isShared {
            guard directives.isPrivate != .response else { return .privateResponse }
            if request.headerFields.contains(.authorization) {
                guard directives.isPublic || directives.mustRevalidate || directives.sharedMaxAge != nil else {
                    return .authorization
                }
            }
            if response.withholdsCookies(rules) {
                guard case .fields(let names) = directives.noCache.union(directives.isPrivate),
                    names.contains(.setCookie)
                else { return .setCookie }
            }
        }
        guard !Vary.matchesNothing(response.fields) else { return .varyAny }
        let isAllowed =
            directives.isPublic || directives.maxAge != nil
            || (rules.isShared ? directives.sharedMaxAge != nil : directives.isPrivate != .none)
            || (!isTargeted && response.fields.contains(.expires))
            || Self.heuristicallyCacheable.contains(status)
        return isAllowed ? nil : .status
    }

    /// Statuses that may be kept without a word about their freshness (RFC 9110, section 15.1).
    static let heuristicallyCacheable: Set<Int> = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]

    /// Statuses whose meaning for caches is known and obeyed (RFC 9111, section 5.2.2.3).
    private static let understood: Set<Int> = heuristicallyCacheable.union([
        201, 202, 302, 303, 307, 400, 401, 402, 403, 406, 407, 408, 409, 411, 412, 413, 415, 417, 421, 422, 426, 500,
        502, 503, 504, 505,
    ])
}

extension CacheControl.Scope {
    fileprivate func union(_ other: CacheControl.Scope) -> CacheControl.Scope {
        switch (self, other) {
        case (.response, _), (_, .response): .response
        case (.none, let scope), (let scope, .none): scope
        case (.fields(let a), .fields(let b)): .fields(a.union(b))
        }
    }
}

extension StoredResponse {
    /// Whether any later request could be answered with it or could be spared its body.
    fileprivate func mayBeOfUse(_ rules: CacheRules) -> Bool {
        let freshness = Freshness(of: self, now: responseTime, rules)
        return freshness.lifetime > 0 && directives(rules).noCache != .response
            || EntityTag(of: fields) != nil || lastModified != nil
            || freshness.staleWhileRevalidate > 0 || freshness.staleIfError > 0
    }
}
