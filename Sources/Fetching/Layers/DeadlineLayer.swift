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
    try Task.checkCancellation()
    var request = request
    let deadline = ContinuousClock.now + request.timeout
    request.deadline = deadline
    // A task of its own, since only tasks can be cancelled; it is waited for below, whatever happens. What needs no waiting,
    // such as a hit of the cache, is over when it is made.
    let task = Task.immediate { [request] in try await operation(request) }
    let watch = Deadlines.shared.watch(until: deadline) { task.cancel() }
    let result = await withTaskCancellationHandler {
        await task.result
    } onCancel: {
        task.cancel()
    }
    let isInTime = Deadlines.shared.end(watch)
    do {
        return try result.get()
    } catch {
        throw isInTime ? error : FetchError.timeout
    }
}
