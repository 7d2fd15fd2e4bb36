import Foundation
import HTTPCaching
import HTTPTypes
import NIOCore

extension CacheLayer {
    private enum Outcome<Result: Sendable>: Sendable {
        case done(Result)
        /// What came is about something that is not stored any more: ask again without it.
        case again(Visit)
    }

    /// Goes to the origin; keeps what may be kept and updates what the answer is about.
    func visiting<Result: Sendable>(
        _ visit: Visit, _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        var outgoing = visit.request
        var isConditional = false
        if let stale = visit.validating {
            let others = visit.entries.filter { $0.id != stale.id }.map(\.response)
            if let conditional = Validation.request(
                visit.request.head, validating: stale.response, others: others)
            {
                outgoing.headers = conditional.headerFields
                isConditional = true
            }
        }
        let completion = visit.completing.flatMap {
            Completion(of: $0.response, for: visit.request.head, rules: visit.rules)
        }
        if let completion { outgoing.headers = completion.request(visit.request.head).headerFields }
        do {
            let requestTime = now
            let outcome = try await next.withResponse(to: outgoing) { [outgoing, isConditional] response in
                if let entry = visit.completing, let completion,
                    response.status == .partialContent || response.status == .rangeNotSatisfiable
                {
                    return try await brought(response, completion, entry, visit, requestTime, consume)
                }
                return try await received(response, to: outgoing, visit, isConditional, requestTime, consume)
            }
            switch outcome {
            case .done(let result): return result
            case .again(let visit): return try await visiting(visit, consume)
            }
        } catch let error as FetchError where visit.request.exchange.facts.cache == nil {
            guard let substitute = await substitute(for: visit, status: nil) else { throw error }
            return try await consume(substitute)
        }
    }

    /// What was asked for to complete a stored part.
    private func brought<Result: Sendable>(
        _ response: FetchResponse, _ completion: Completion, _ entry: CacheEntry, _ visit: Visit,
        _ requestTime: HTTPDate, _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Outcome<Result> {
        let answer = await completed(
            entry, completion, by: response, visit, requestTime: requestTime, responseTime: now)
        guard let answer else {
            var again = visit
            again.completing = nil
            return .again(again)
        }
        return .done(try await consume(answer))
    }

    private func received<Result: Sendable>(
        _ response: FetchResponse, to outgoing: FetchRequest, _ visit: Visit, _ isConditional: Bool,
        _ requestTime: HTTPDate, _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Outcome<Result> {
        let responseTime = now
        if response.status == .notModified, isConditional {
            return try await confirmed(by: response, visit, requestTime, responseTime, consume)
        }
        if [500, 502, 503, 504].contains(response.status.code),
            let substitute = await substitute(for: visit, status: response.status.code)
        {
            return .done(try await consume(substitute))
        }
        var status = CacheStatus()
        status.forwarding = visit.forwarding
        status.isCollapsed = visit.isCollapsed
        if outgoing.method == .head {
            if response.status == .ok {
                for var entry in visit.entries where entry.matches(outgoing.headers) {
                    entry.response = entry.response.updated(
                        byHead: response.headers, requestTime: requestTime, responseTime: responseTime,
                        rules: visit.rules)
                    await store.update(entry, at: visit.request.address)
                }
            }
            return .done(try await consume(marked(response, status, visit.request)))
        }
        let storability = Storability(
            of: response.head, to: outgoing.head, requestTime: requestTime, responseTime: responseTime,
            rules: visit.rules)
        return .done(try await consume(recorded(response, storability, visit, status, responseTime)))
    }

    /// The response with what this cache did, written down while it is read where it may be kept.
    func recorded(
        _ response: FetchResponse, _ storability: Storability, _ visit: Visit, _ status: CacheStatus,
        _ responseTime: HTTPDate
    ) -> FetchResponse {
        guard let recording = recording(of: response, storability, visit) else {
            return marked(response, status, visit.request)
        }
        var status = status
        status.isStored = true
        var kept = marked(response, status, visit.request)
        if !kept.headers.contains(.date) { kept.headers[.date] = responseTime.text }
        kept.body = FetchBody(RecordedBytes(base: response.body, recording: recording))
        return kept
    }

    /// `nil` for what is not kept.
    func recording(of response: FetchResponse, _ storability: Storability, _ visit: Visit) -> Recording? {
        if case .storable(let stored) = storability, let recording = Recording(stored, of: response, visit, self) {
            return recording
        }
        // Nobody has to wait for its end.
        if let flight = visit.flight { flights.land(flight) }
        return nil
    }

    /// A 304: what is stored still holds, with new fields.
    private func confirmed<Result: Sendable>(
        by response: FetchResponse, _ visit: Visit, _ requestTime: HTTPDate, _ responseTime: HTTPDate,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Outcome<Result> {
        var answer: CacheEntry?
        var isStored = false
        for index in Validation.confirmed(by: response.headers, among: visit.entries.map(\.response)) {
            var entry = visit.entries[index]
            entry.response = entry.response.freshened(
                by: response.headers, requestTime: requestTime, responseTime: responseTime, rules: visit.rules)
            let isWritten = await store.update(entry, at: visit.request.address)
            if answer == nil || entry.id == visit.validating?.id {
                answer = entry
                isStored = isWritten && !entry.response.isInvalidated
            }
        }
        guard let answer, let body = await body(of: answer, for: visit.request) else {
            var again = visit
            again.validating = nil
            again.request.headers = Validation.unconditional(visit.request.head).headerFields
            return .again(again)
        }
        if let flight = visit.flight { flights.land(flight) }
        var status = CacheStatus()
        status.forwarding = visit.forwarding
        status.forwardStatus = 304
        status.isStored = isStored
        status.isCollapsed = visit.isCollapsed
        let freshness = Freshness(of: answer.response, now: now, visit.rules)
        return .done(try await consume(self.response(visit.request, answer, freshness, body, status)))
    }

    /// What is stored, where it may stand in for an answer that did not come (RFC 5861, section 4).
    private func substitute(for visit: Visit, status code: Int?) async -> FetchResponse? {
        guard !visit.isBackground, let stale = visit.validating,
            let freshness = stale.response.maySubstituteError(for: visit.request.head, now: now, rules: visit.rules),
            let body = await body(of: stale, for: visit.request)
        else { return nil }
        var status = CacheStatus()
        status.forwarding = visit.forwarding
        status.forwardStatus = code
        status.timeToLive = freshness.remaining
        return response(visit.request, stale, freshness, body, status)
    }
}
