import HTTPCaching
import HTTPTypes

extension CacheLayer {
    /// What cannot be answered from here goes on as it is; what it changes is stored no more (RFC 9111, section 4.4), and
    /// its answer may be the new content (RFC 9110, section 9.3.3).
    func passing<Result: Sendable>(
        _ request: FetchRequest, _ rules: CacheRules,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        let requestTime = now
        return try await next.withResponse(to: request) { response in
            if !Invalidation.isSafe(request.method) {
                // Whoever asked for the change may be gone.
                await refreshes.begin { await invalidate(by: response, to: request) }.value
            }
            var status = CacheStatus()
            status.forwarding = request.method == .get || request.method == .head ? .bypass : .method
            let place = response.headers[.contentLocation].flatMap { try? request.address.resolving($0) }
            guard request.method == .post, place == request.address else {
                return try await consume(marked(response, status, request))
            }
            let responseTime = now
            let storability = Storability(
                of: response.head, to: request.head, isOfTarget: true, requestTime: requestTime,
                responseTime: responseTime, rules: rules)
            let visit = Visit(
                request: request, key: CacheKey(request.address), rules: rules, epoch: store.epoch, entries: [],
                forwarding: .method)
            return try await consume(recorded(response, storability, visit, status, responseTime))
        }
    }

    private func invalidate(by response: FetchResponse, to request: FetchRequest) async {
        var groups = CacheGroup.invalidated(by: response.headers, at: request.address)
        if Invalidation.happens(method: request.method, status: response.status) {
            let others = Invalidation.references(in: response.headers)
                .compactMap { try? request.address.resolving($0) }
                .filter { $0.origin == request.address.origin }
            for address in Set([request.address] + others) {
                // RFC 9875, section 2.2.1; what belongs to the groups of these in turn stays.
                for entry in await store.invalidate(address) {
                    groups.formUnion(CacheGroup.joined(by: entry.response.fields, at: address))
                }
            }
        }
        for group in groups { await store.invalidate(group) }
    }
}
