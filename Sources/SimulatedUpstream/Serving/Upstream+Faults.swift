import HTTPTypes

extension Upstream {
    /// Where the metadata of a cloud's machines are: a link-local address (RFC 3927), which no client may be led to.
    static let internalAddress = "http://169.254.169.254/latest/meta-data/"

    /// The answer of a service, refused or tampered with where a fault befalls it.
    func delivery(of service: ServiceName, at key: URLKey, for request: UpstreamRequest) -> Delivery {
        let fault = faults.fault(at: key, on: .api)
        let answer = fault.flatMap { Self.error(for: $0) } ?? service.answer(to: request, from: catalog)
        return .whole(fault == .gzipBomb ? answer.bomb : answer)
    }

    /// The answer of the API, refused or tampered with where a fault befalls it.
    func apiDelivery(at key: URLKey, for request: UpstreamRequest) -> Delivery {
        let fault = faults.fault(at: key, on: .api)
        let answer = api.answer(to: request, rejection: fault.flatMap { Self.error(for: $0) })
        return .whole(fault == .gzipBomb ? answer.bomb : answer)
    }

    func delivery(of resource: Resource, at key: URLKey, for request: UpstreamRequest) -> Delivery {
        let isFile = if case .pdf = resource { true } else { false }
        let fault = faults.fault(at: key, on: isFile ? .file : .page)
        if let error = fault.flatMap({ Self.error(for: $0) }) { return .whole(error) }
        switch fault {
        case .reset: return .reset
        case .redirect, .redirectLoop: return .whole(.found(at: Self.twin(of: request)))
        case .redirectInternal: return .whole(.found(at: Self.internalAddress))
        // A HEAD has no body to go wrong, and without a length it could not be told from one.
        case .endless where request.method == .get: return .endless(answer(with: resource, at: key, to: [:]).unbounded)
        case .drip where request.method == .get: return .drip(answer(with: resource, at: key, to: [:]).unbounded)
        case .gzipBomb: return .whole(answer(with: resource, at: key, to: [:]).bomb)
        default: break
        }
        let answer = answer(with: resource, at: key, to: request.headers, wrongType: fault == .wrongType)
        switch fault {
        case .truncate where answer.length > 0: return .cut(answer)
        case .wrongLength where answer.length > 0: return .overstated(answer.overstated)
        case .slow: return deliver(.slow(answer), isFile ? key : nil, request)
        default: return deliver(.whole(answer), isFile ? key : nil, request)
        }
    }

    /// Counts a PDF that goes out whole; one that does not arrive was not served, nor was one whose end is not the one
    /// announced (RFC 9112 section 8).
    private func deliver(_ delivery: Delivery, _ file: URLKey?, _ request: UpstreamRequest) -> Delivery {
        guard let file, request.method == .get else { return delivery }
        switch delivery {
        case .whole(let answer) where answer.status == .ok || answer.status == .partialContent,
            .slow(let answer) where answer.status == .ok || answer.status == .partialContent:
            artifacts.count(file)
        default: break
        }
        return delivery
    }

    private static func error(for fault: FaultKind) -> Answer? {
        switch fault {
        case .tooMany: OpenAlexAPI.tooMany(retryAfterSeconds: nil, message: "Too many requests.")
        case .tooManyWithRetryAfter: OpenAlexAPI.tooMany(retryAfterSeconds: 1, message: "Too many requests.")
        case .unavailable: .html(.serviceUnavailable, "<!DOCTYPE html><title>Unavailable</title><h1>Try later</h1>\n")
        case .slow, .truncate, .wrongLength, .reset, .redirect, .wrongType, .endless, .drip, .gzipBomb, .redirectLoop,
            .redirectInternal:
            nil
        }
    }

    /// The other address of the same resource: with the mark in its query, or without it where it has one.
    private static func twin(of request: UpstreamRequest) -> String {
        let plain = URLKey.unmarked(request.target)
        guard plain.count == request.target.count else { return "http://\(request.host)\(plain)" }
        return "http://\(request.host)\(plain)\(plain.contains("?") ? "&" : "?")\(URLKey.movedMark)"
    }
}
