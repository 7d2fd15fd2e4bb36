import AsyncAlgorithms
import HTTPCaching
import HTTPTypes
import Metrics
package import RateLimiting

/// Goes on with a file whose connection broke, where it broke: large files from far away come in one piece too seldom.
///
/// Each leg is an exchange of its own for the layers below, with its own permission; one ends before the next begins. So
/// the body goes through a channel, from whichever leg runs to the one reader.
package struct ResumeLayer<Next: Transport>: Transport {
    private let budget: RetryBudget
    private let time: any TimeSource
    private let next: Next

    /// Legs after the first.
    static var maximumResumptions: Int { 4 }

    /// - Parameter budget: shared with the repetition of whole requests.
    package init(_ budget: RetryBudget, time: any TimeSource, _ next: Next) {
        self.budget = budget
        self.time = time
        self.next = next
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        guard request.role == .artifact, request.method == .get, !request.headers.contains(.range) else {
            return try await next.withResponse(to: request, consume)
        }
        let transfer = Transfer()
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                await carry(request, to: transfer)
                return nil
            }
            group.addTask {
                var heads = transfer.head.makeAsyncIterator()
                guard var response = try await heads.next() else { throw CancellationError() }
                response.body = FetchBody(transfer.body)
                return try await consume(response)
            }
            while let outcome = try await group.next() {
                if let result = outcome { return result }
            }
            throw CancellationError()
        }
    }

    /// Fetches until the body is whole, cannot be gone on with, or nobody reads it any more.
    private func carry(_ request: FetchRequest, to transfer: Transfer) async {
        do {
            do {
                try await next.withResponse(to: request) { response in
                    await transfer.begin(response, now: HTTPDate(seconds: time.now().microseconds / 1_000_000))
                    try await transfer.pass(response.body)
                }
            } catch let failure as FetchError where failure.isTransient {
                guard let resumption = transfer.resumption else { throw failure }
                try await goOn(with: request, resumption, transfer, after: failure)
            }
            transfer.finish()
        } catch {
            transfer.fail(error)
        }
    }

    /// - Throws: `failure` where no leg brings the rest.
    private func goOn(
        with request: FetchRequest, _ resumption: Resumption, _ transfer: Transfer, after failure: FetchError
    ) async throws {
        for number in 1...Self.maximumResumptions {
            guard transfer.position < resumption.length else { return }
            let wait = Backoff.delay(afterTry: number)
            guard wait < request.timeLeft, budget.spend() else { throw failure }
            try await time.sleep(until: time.now().advanced(by: wait.wholeMilliseconds * 1000))
            do {
                return try await leg(request, resumption, transfer)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                guard let error = error as? FetchError, error.isTransient else { throw failure }
            }
        }
        throw failure
    }

    /// The host answers with something else than the rest.
    private struct NoRest: Error {}

    private func leg(_ request: FetchRequest, _ resumption: Resumption, _ transfer: Transfer) async throws {
        Counter(label: "weir_resumptions_total", dimensions: [("host", request.address.host)]).increment()
        let position = transfer.position
        var rest = resumption.request(request, from: position)
        // What is half there is worth a longer wait than what has not begun; its policy bounds it.
        rest.maximumLimiterWait = nil
        // The reader was told of the first leg's.
        let status = request.exchange.facts.status
        defer { request.exchange.note { $0.status = status } }
        try await next.withResponse(to: rest) { response in
            guard resumption.isRest(response, from: position) else { throw NoRest() }
            try await transfer.pass(response.body)
        }
    }
}
