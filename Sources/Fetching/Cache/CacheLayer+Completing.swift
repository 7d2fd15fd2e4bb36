import HTTPCaching
import HTTPTypes
import NIOCore

extension CacheLayer {
    /// The answer made of a stored part and the rest that the origin sent (RFC 9111, section 3.4); `nil` where they do not
    /// fit together.
    func completed(
        _ entry: CacheEntry, _ completion: Completion, by response: FetchResponse, _ visit: Visit,
        requestTime: HTTPDate, responseTime: HTTPDate
    ) async -> FetchResponse? {
        guard var fields = completion.fields(ofRest: response.head),
            case .part(let held, _) = entry.response.extent
        else { return nil }
        if !fields.contains(.date) { fields[.date] = responseTime.text }
        let part = StoredResponse(
            status: response.status, fields: fields, requestTime: requestTime, responseTime: responseTime,
            extent: .part(range: completion.missing, length: completion.length))
        let stored = completion.wanted.clamped(to: held)
        let inFile = stored.lowerBound - held.lowerBound..<stored.upperBound - held.lowerBound
        guard let extent = entry.response.joined(with: part), let known = await store.body(of: entry, inFile) else {
            return nil
        }
        let storability = Storability(
            of: HTTPResponse(status: response.status, headerFields: fields), to: visit.request.head,
            requestTime: requestTime, responseTime: responseTime, rules: visit.rules)
        let recording = recording(of: response, storability, visit)
        let rest = recording.map { FetchBody(RecordedBytes(base: response.body, recording: $0)) } ?? response.body
        let isKnownFirst = stored.lowerBound < completion.missing.lowerBound
        var answer = FetchResponse(
            status: completion.isWhole ? .ok : .partialContent,
            headers: entry.response.grown(by: part, to: extent).fields,
            body: FetchBody(ChainedBytes(parts: isKnownFirst ? [known, rest] : [rest, known])),
            address: response.address)
        answer.headers[.contentLength] = String(completion.wanted.count)
        answer.headers[.contentRange] =
            completion.isWhole ? nil : ContentRange(completion.wanted, of: completion.length).text
        var status = CacheStatus()
        status.forwarding = visit.forwarding
        if completion.isWhole { status.forwardStatus = response.status.code }
        status.isStored = recording != nil
        status.isCollapsed = visit.isCollapsed
        return marked(answer, status, visit.request)
    }
}

/// Bodies one after the other.
private struct ChainedBytes: AsyncSequence, Sendable {
    let parts: [FetchBody]

    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: ArraySlice<FetchBody>
        var current: FetchBody.AsyncIterator?

        mutating func next() async throws -> ByteBuffer? {
            while true {
                if let chunk = try await current?.next() { return chunk }
                guard let part = rest.popFirst() else { return nil }
                current = part.makeAsyncIterator()
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: parts[...], current: nil) }
}
