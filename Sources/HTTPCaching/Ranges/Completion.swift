package import HTTPTypes

/// The bytes that a stored part lacks to answer a request (RFC 9111, sections 3.3 and 3.4): the origin is asked for no
/// others.
package struct Completion: Hashable, Sendable {
    /// Those of the answer.
    package let wanted: Range<Int64>
    /// Those of them that are not stored: they touch what is.
    package let missing: Range<Int64>
    /// Of the whole representation.
    package let length: Int64
    /// Whether the answer is the whole, as a 200.
    package let isWhole: Bool
    private let validator: StrongValidator

    /// `nil` where nothing of the part is of use, or where its bytes could not be told from newer ones.
    package init?(of stored: StoredResponse, for request: HTTPRequest, rules: CacheRules) {
        let asked = request.headerFields
        guard request.method == .get, case .part(let held, let length) = stored.extent,
            let validator = stored.strongValidator, !stored.isForbidden(rules),
            !asked.contains(.ifNoneMatch), !asked.contains(.ifModifiedSince)
        else { return nil }
        if asked.contains(.range), stored.rangeApplies(asked) {
            guard let range = ByteRange(of: asked)?.resolved(length: length) else { return nil }
            wanted = range
            isWhole = false
        } else {
            wanted = 0..<length
            isWhole = true
        }
        guard wanted.overlaps(held) else { return nil }
        if held.lowerBound <= wanted.lowerBound, held.upperBound < wanted.upperBound {
            missing = held.upperBound..<wanted.upperBound
        } else if wanted.lowerBound < held.lowerBound, wanted.upperBound <= held.upperBound {
            missing = wanted.lowerBound..<held.lowerBound
        } else {
            return nil
        }
        self.length = length
        self.validator = validator
    }

    /// The request for what is missing, or for all of it where it has changed (RFC 9110, section 13.1.5).
    package func request(_ request: HTTPRequest) -> HTTPRequest {
        var rest = Validation.unconditional(request)
        let last = missing.upperBound == length ? "" : String(missing.upperBound - 1)
        rest.headerFields[.range] = "bytes=\(missing.lowerBound)-\(last)"
        rest.headerFields[.ifRange] = validator.text
        return rest
    }

    /// The fields of a 206 with the validator that it was asked by, which it need not repeat (RFC 9110, section 15.3.7);
    /// `nil` where it does not bring what is missing.
    package func fields(ofRest response: HTTPResponse) -> HTTPFields? {
        var fields = response.headerFields
        guard response.status == .partialContent, let part = ContentRange(of: fields), part.range == missing,
            part.length == length
        else { return nil }
        let name: HTTPField.Name = if case .tag = validator { .eTag } else { .lastModified }
        if !fields.contains(name) { fields[name] = validator.text }
        return fields
    }
}
