/// Bounds the whole exchange: waiting for permission, connecting, and the last byte of the body.
package struct DeadlineLayer<Next: Transport>: Transport {
    private let next: Next

    package init(_ next: Next) {
        self.next = next
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await next.withResponse(to: request, consume) }
            group.addTask {
                try await Task.sleep(for: request.timeout)
                throw FetchError.timeout
            }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }
}
