import HTTPTypes

/// All simulated hosts: takes a request, gives an answer and how it is delivered.
struct Upstream: Sendable {
    let catalog: Catalog
    let judge: Judge
    let faults: FaultPlan
    let artifacts = ArtifactCounter()
    let toleranceMilliseconds: Int
    private let api: OpenAlexAPI

    init(catalog: Catalog, limits: [LimitRule], toleranceMilliseconds: Int, faults: [FaultShare]) throws {
        self.catalog = catalog
        self.toleranceMilliseconds = toleranceMilliseconds
        judge = Judge(rules: try LimitRules(limits, toleranceMilliseconds: toleranceMilliseconds))
        self.faults = try FaultPlan(faults)
        api = OpenAlexAPI(catalog: catalog)
    }

    /// Counts a request; called once, when it arrives.
    func judge(_ request: UpstreamRequest) -> Verdict {
        guard !request.isControl else { return .admitted }
        let role =
            RequestRole(accept: request.headers[.accept])
            ?? catalog.role(of: URLKey(host: request.host, target: request.target))
        return judge.count(host: request.host, role: role)
    }

    func delivery(for request: UpstreamRequest) -> Delivery {
        if request.isControl { return .whole(control(request)) }
        if let seconds = request.retryAfterSeconds {
            let answer = OpenAlexAPI.tooMany(
                retryAfterSeconds: seconds, message: "Too many requests to \(request.host); wait \(seconds) s.")
            return .whole(request.host == Catalog.apiHost ? api.answer(to: request, rejection: answer) : answer)
        }
        guard request.method == .get || request.method == .head else {
            return .whole(.plain(.methodNotAllowed, "Only GET and HEAD are answered here.\n"))
        }
        let key = URLKey(host: request.host, target: request.target)
        if key.target == "/robots.txt" { return .whole(.plain(.ok, "User-agent: *\nDisallow:\n")) }
        if request.host == Catalog.apiHost {
            let fault = faults.fault(at: key, on: .api).flatMap { Self.error(for: $0) }
            return .whole(api.answer(to: request, rejection: fault))
        }
        guard let resource = catalog.resource(at: key) else { return .whole(.notFound) }
        return delivery(of: resource, at: key, for: request)
    }

    private func delivery(of resource: Resource, at key: URLKey, for request: UpstreamRequest) -> Delivery {
        let isFile = if case .pdf = resource { true } else { false }
        let fault = faults.fault(at: key, on: isFile ? .file : .page)
        if let error = fault.flatMap({ Self.error(for: $0) }) { return .whole(error) }
        switch fault {
        case .reset: return .reset
        case .redirect: return .whole(.found(at: Self.marked(request)))
        default: break
        }
        let answer = answer(with: resource, at: key, to: request, wrongType: fault == .wrongType)
        switch fault {
        case .truncate where answer.length > 0: return .cut(answer)
        case .slow: return deliver(.slow(answer), isFile ? key : nil, request)
        default: return deliver(.whole(answer), isFile ? key : nil, request)
        }
    }

    /// Counts a PDF that goes out whole; one that is cut off was not served.
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

    private func answer(
        with resource: Resource, at key: URLKey, to request: UpstreamRequest, wrongType: Bool
    ) -> Answer {
        switch resource {
        case .pdf(let work, let url):
            Artifact(key: key, url: url, work: catalog.works[work]).answer(to: request.headers, wrongType: wrongType)
        case .landing(let work): .html(.ok, LandingPage(work: catalog.works[work], key: key).html)
        case .paywall(let work): .html(.ok, LoginPage.html(title: catalog.works[work].title))
        case .gone: .notFound
        case .moved(let url), .doi(let url): .found(at: url)
        }
    }

    private static func error(for fault: FaultKind) -> Answer? {
        switch fault {
        case .tooMany: OpenAlexAPI.tooMany(retryAfterSeconds: nil, message: "Too many requests.")
        case .tooManyWithRetryAfter: OpenAlexAPI.tooMany(retryAfterSeconds: 1, message: "Too many requests.")
        case .unavailable: .html(.serviceUnavailable, "<!DOCTYPE html><title>Unavailable</title><h1>Try later</h1>\n")
        case .slow, .truncate, .reset, .wrongType, .redirect: nil
        }
    }

    /// The same address with a mark in its query; both name the same resource.
    private static func marked(_ request: UpstreamRequest) -> String {
        "http://\(request.host)\(request.target)\(request.target.contains("?") ? "&" : "?")\(URLKey.movedMark)"
    }
}
