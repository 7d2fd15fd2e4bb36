import Metrics
import RateLimiting

/// Counts what a limiter decides, whoever asks.
struct MeteredLimits<Base: LimitBackend>: LimitBackend {
    let base: Base

    func acquire(_ request: AcquireRequest) async throws -> Decision {
        let asked = await base.now()
        let decision: Decision
        do {
            decision = try await base.acquire(request)
        } catch is CancellationError {
            count(request, "cancelled")
            throw CancellationError()
        } catch {
            // Names that no policy knows are the caller's invention and would make a series each.
            Counter(label: "weir_acquires_refused_total").increment()
            throw error
        }
        switch decision {
        case .granted(let grant):
            count(request, "granted")
            Timer(label: "weir_acquire_wait_seconds")
                .recordMicroseconds(max(0, grant.start.microseconds(since: asked)))
        case .denied:
            count(request, "denied")
        }
        return decision
    }

    private func count(_ request: AcquireRequest, _ result: String) {
        for claim in request.claims {
            Counter(
                label: "weir_acquires_total",
                dimensions: [("host", claim.key.host), ("role", claim.key.role), ("result", result)]
            ).increment()
        }
    }

    func release(_ lease: LeaseID, unused: Bool) async -> ReleaseResult {
        await base.release(lease, unused: unused)
    }

    func pause(_ host: String, until time: Timestamp) async {
        Counter(label: "weir_pauses_total", dimensions: [("host", host)]).increment()
        await base.pause(host, until: time)
    }

    func table() async -> LimitTable { await base.table() }

    func apply(_ document: LimitsDocument, ifVersion expected: Int?) async -> LimitTable? {
        await base.apply(document, ifVersion: expected)
    }

    func inFlight() async -> Int { await base.inFlight() }

    func now() async -> Timestamp { await base.now() }
}
