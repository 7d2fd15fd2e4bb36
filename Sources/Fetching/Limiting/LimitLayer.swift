import HTTPTypes
package import RateLimiting

/// Asks for permission before every request and holds it until the body has ended.
///
/// Where the bounded wait says no, it fails with ``FetchError/denied(_:)`` and nothing has been sent. What the upstream
/// answers is reported at once, so that everyone who shares the limits slows down or rests with it.
package struct LimitLayer<Next: Transport>: Transport {
    private let limits: any LimitBackend
    private let next: Next

    package init(_ limits: any LimitBackend, _ next: Next) {
        self.limits = limits
        self.next = next
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        let clock = ContinuousClock()
        let asked = clock.now
        let grant = try await permission(for: request)
        let waited = clock.now - asked
        request.exchange.note { facts in
            facts.limiterWait += waited
            facts.attempts += 1
        }
        do {
            let result = try await next.withResponse(to: request) { response in
                await report(response, to: grant)
                return try await consume(response)
            }
            await end(grant)
            return result
        } catch {
            await end(grant)
            throw error
        }
    }

    private func permission(for request: FetchRequest) async throws -> Grant {
        let key = LimitKey(host: request.address.host, role: request.role.rawValue)
        // The lease outlives the exchange, so that it only ever expires under a holder that is gone.
        let timeToLive = request.timeout + .seconds(30)
        let ask = AcquireRequest(
            claims: [.init(key: key)],
            maxWaitMilliseconds: request.maximumLimiterWait.map { Int($0.wholeMilliseconds) },
            leaseTTLMilliseconds: Int(timeToLive.components.seconds) * 1000,
            client: request.client
        )
        do {
            switch try await limits.acquire(ask) {
            case .granted(let grant): return grant
            case .denied(let denial): throw FetchError.denied(denial)
            }
        } catch AcquireError.stopping {
            throw CancellationError()
        } catch let error as AcquireError {
            throw FetchError.limitRefused("\(error)")
        } catch is LimitLogUnavailable {
            throw FetchError.limitsUnavailable
        }
    }

    private func report(_ response: FetchResponse, to grant: Grant) async {
        guard let lease = grant.lease else { return }
        // Out of reach, nothing is lost but the lesson.
        _ = try? await limits.report(UpstreamOutcome(response, now: await limits.now()), of: lease, host: nil)
    }

    private func end(_ grant: Grant) async {
        guard let lease = grant.lease else { return }
        // Out of reach, it ends by itself.
        _ = try? await limits.release(lease, unused: false)
    }
}
