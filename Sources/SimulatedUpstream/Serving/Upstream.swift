import HTTPTypes

/// All simulated hosts: takes a request, gives an answer and how it is delivered.
struct Upstream: Sendable {
    let catalog: Catalog
    let judge: Judge
    let faults: FaultPlan
    let artifacts = ArtifactCounter()
    let toleranceMilliseconds: Int
    let api: OpenAlexAPI
    private let robots: RobotsRules

    init(
        catalog: Catalog, limits: [LimitRule], toleranceMilliseconds: Int, faults: [FaultShare],
        faultsEveryRequest: Bool = false, robots: [RobotsRule] = []
    ) throws {
        self.catalog = catalog
        self.toleranceMilliseconds = toleranceMilliseconds
        judge = Judge(rules: try LimitRules(limits, toleranceMilliseconds: toleranceMilliseconds))
        self.faults = try FaultPlan(faults, everyRequest: faultsEveryRequest)
        self.robots = try RobotsRules(robots)
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
        if key.target == "/robots.txt" { return .whole(robots.policy(for: key.host).answer) }
        if request.host == Catalog.apiHost { return apiDelivery(at: key, for: request) }
        if let resource = catalog.resource(at: key) { return delivery(of: resource, at: key, for: request) }
        if let service = ServiceName(host: key.host) { return delivery(of: service, at: key, for: request) }
        return .whole(.notFound)
    }

    /// The answer to a GET with these header fields.
    func answer(
        with resource: Resource, at key: URLKey, to headers: HTTPFields, wrongType: Bool = false
    ) -> Answer {
        switch resource {
        case .pdf(let work, let url):
            Artifact(key: key, url: url, work: catalog.works[work]).answer(to: headers, wrongType: wrongType)
        case .landing(let work): .html(.ok, LandingPage(work: catalog.works[work], key: key).html)
        case .paywall(let work): .html(.ok, LoginPage.html(title: catalog.works[work].title))
        case .gone: .notFound
        case .moved(let url), .doi(let url): .found(at: url)
        }
    }
}
