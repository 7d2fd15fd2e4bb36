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
        try await withDeadline(request) { try await next.withResponse(to: $0, consume) }
    }
}

/// Runs an operation until the request's time is over.
///
/// - Throws: ``FetchError/timeout``, or what the operation throws.
func withDeadline<Result: Sendable>(
    _ request: FetchRequest, _ operation: @escaping @Sendable (FetchRequest) async throws -> Result
) async throws -> Result {
    var request = request
    let deadline = ContinuousClock.now + request.timeout
    request.deadline = deadline
    return try await withThrowingTaskGroup(of: Result.self) { [request] group in
        defer { group.cancelAll() }
        group.addTask { try await operation(request) }
        group.addTask {
            try await Task.sleep(until: deadline, clock: .continuous)
            throw FetchError.timeout
        }
        guard let result = try await group.next() else { throw CancellationError() }
        return result
    }
}
