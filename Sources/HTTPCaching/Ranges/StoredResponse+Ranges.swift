package import HTTPTypes

extension StoredResponse {
    /// Whether the bytes that a request asks for are there; HEAD and ranges do not go together (RFC 9110, section 14.2).
    func isEnough(for request: HTTPRequest) -> Bool {
        guard case .part(let held, let length) = extent else { return true }
        guard request.method == .get, rangeApplies(request.headerFields),
            let asked = ByteRange(of: request.headerFields)?.resolved(length: length)
        else { return false }
        return held.lowerBound <= asked.lowerBound && asked.upperBound <= held.upperBound
    }

    /// Whether `If-Range` allows a part of what is stored: by a strong validator that matches (RFC 9110, section 13.1.5).
    package func rangeApplies(_ request: HTTPFields) -> Bool {
        guard let condition = request[.ifRange] else { return true }
        if let asked = EntityTag(parsing: condition) {
            return EntityTag(of: fields)?.matchesStrongly(asked) == true
        }
        // A date is strong only when it lies at least a second before the response was made.
        guard let lastModified, fields[.lastModified] == condition else { return false }
        return lastModified < date
    }

    /// How a new part and what is stored fit together (RFC 9111, section 3.4): `nil` when they cannot be joined, because
    /// they are of different representations or leave a gap.
    package func joined(with part: StoredResponse) -> Extent? {
        guard case .part(let new, let length) = part.extent, let validator = strongValidator,
            validator == part.strongValidator
        else { return nil }
        switch extent {
        case .complete:
            // One of them lies about its length.
            let stated = fields[.contentLength]
            return stated == nil || stated == String(length) ? .complete : nil
        case .part(let held, let whole):
            guard whole == length, new.lowerBound <= held.upperBound, held.lowerBound <= new.upperBound else {
                return nil
            }
            let union = min(held.lowerBound, new.lowerBound)..<max(held.upperBound, new.upperBound)
            return union == 0..<whole ? .complete : .part(range: union, length: whole)
        }
    }

    /// This, grown by a part to `extent`: with the part's fields in place of its own, for a part may leave out what
    /// is already known (RFC 9110, section 15.3.7), and those of a whole response where it is whole.
    package func grown(by part: StoredResponse, to extent: Extent) -> StoredResponse {
        var grown = self
        grown.fields[.age] = nil
        grown.merge(part.fields)
        grown.requestTime = part.requestTime
        grown.responseTime = part.responseTime
        grown.isInvalidated = false
        grown.extent = extent
        if case .part(let range, let length) = extent {
            grown.fields[.contentRange] = ContentRange(range, of: length).text
            grown.fields[.contentLength] = String(range.count)
        } else if case .part(_, let length) = part.extent {
            if !isComplete { grown.status = .ok }
            grown.fields[.contentRange] = nil
            grown.fields[.contentLength] = String(length)
        }
        return grown
    }
}
