import HTTPCaching
import HTTPTypes
import NIOCore

extension CacheLayer {
    /// What of an entry answers a request.
    struct Serving: Sendable {
        enum Part: Sendable {
            case whole
            case range(Range<Int64>, of: Int64)
            case unsatisfiable(length: Int64)
            /// The client has it: 304.
            case known
        }

        let part: Part
        let body: FetchBody
    }

    /// `nil` when the bytes are gone.
    func body(of entry: CacheEntry, for request: FetchRequest) async -> Serving? {
        let response = entry.response
        if response.isKnown(toSenderOf: request.headers) { return Serving(part: .known, body: .empty) }
        let isHead = request.method == .head
        if !isHead, response.status == .ok || response.status == .partialContent,
            let range = ByteRange(of: request.headers), response.rangeApplies(request.headers)
        {
            let (held, length): (Range<Int64>, Int64) =
                switch response.extent {
                case .complete: (0..<entry.body.length, entry.body.length)
                case .part(let range, let length): (range, length)
                }
            guard let asked = range.resolved(length: length) else {
                return Serving(part: .unsatisfiable(length: length), body: .empty)
            }
            let inFile = asked.lowerBound - held.lowerBound..<asked.upperBound - held.lowerBound
            guard let body = await store.body(of: entry, inFile) else { return nil }
            return Serving(part: .range(asked, of: length), body: body)
        }
        if isHead { return Serving(part: .whole, body: .empty) }
        guard let body = await store.body(of: entry) else { return nil }
        return Serving(part: .whole, body: body)
    }

    /// The answer made of an entry.
    func response(
        _ request: FetchRequest, _ entry: CacheEntry, _ freshness: Freshness, _ serving: Serving,
        _ status: CacheStatus
    ) -> FetchResponse {
        var fields = entry.response.fields
        var code = entry.response.status
        switch serving.part {
        case .whole:
            break
        case .known:
            fields = entry.response.fieldsWithoutContent
            code = .notModified
        case .range(let range, let length):
            code = .partialContent
            fields[.contentRange] = ContentRange(range, of: length).text
            fields[.contentLength] = String(range.count)
        case .unsatisfiable(let length):
            fields = entry.response.fieldsWithoutContent
            code = .rangeNotSatisfiable
            fields[.contentRange] = ContentRange.unsatisfied(length: length)
            fields[.contentLength] = "0"
        }
        if !fields.contains(.date) { fields[.date] = entry.response.date.text }
        fields[.age] = String(freshness.age)
        return marked(
            FetchResponse(status: code, headers: fields, body: serving.body, address: request.address), status, request)
    }

    /// With what this cache did.
    func marked(_ response: FetchResponse, _ status: CacheStatus, _ request: FetchRequest) -> FetchResponse {
        request.exchange.note { $0.cache = status }
        var response = response
        status.add(to: &response.headers)
        return response
    }
}
