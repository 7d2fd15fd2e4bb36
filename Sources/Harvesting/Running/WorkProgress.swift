import DequeModule
import Fetching
import RateLimiting

/// The way of one work, as a value: which request comes next, and what its result means. It is kept in the manifest, so
/// that a job which was stopped goes on where it was.
struct WorkProgress: Codable, Sendable {
    /// What came of a step.
    enum Result: Sendable {
        case received(WorkOutcome)
        /// What a resolver's service knows.
        case found(Findings)
        case page(links: [WebAddress], WorkOutcome)
        case redirected(to: WebAddress)
        /// A page was asked for and a file came: it is to be asked for as one, under the limits of files.
        case file
        /// Will not get better by trying again.
        case unusable(WorkOutcome)
        /// May get better by trying again.
        case transient(WorkOutcome)
    }

    let work: Work
    private let rules: WorkRules
    /// Resolvers whose turn is still to come.
    private var plan: Deque<ResolverName>
    /// Whether links on pages are wanted at all.
    private let seeksPages: Bool
    /// Pages that wait for the turn of ``ResolverName/landingPage``.
    private var pages: [Candidate] = []
    private var steps: Deque<Step> = []
    private var seen: Set<WebAddress> = []
    /// Addresses that should have been the file and could not be had.
    private var failed: [String] = []
    private var requests = 0
    private var started: Int64?
    private var spent = Duration.zero
    /// The latest explanation for having no file.
    private var explanation: WorkOutcome?
    /// How the work ended; `nil` while there is a ``step`` to make.
    private(set) var outcome: WorkOutcome?

    init(_ work: Work, rules: WorkRules = WorkRules(), order: ResolverOrder = .usual, resolvers: Resolvers) {
        self.work = work
        self.rules = rules
        let names = order.names(for: work)
        plan = Deque([.given] + names)
        seeksPages = names.contains(.landingPage)
        if rules.isListOnly {
            outcome = planned(work.candidates.first, reason: "list_only")
        } else if work.isOpenAccess == false, work.candidates.isEmpty, !rules.seeksClosed {
            outcome = WorkOutcome(.skipped, reason: "closed_access")
        } else {
            advance(asking: resolvers)
        }
    }

    /// The request to make next; `nil` when the work is settled.
    var step: Step? { outcome == nil ? steps.first : nil }

    /// When its first step was made.
    var startedAt: Timestamp? { started.map(Timestamp.init(microseconds:)) }

    /// Notes when the first step is made.
    mutating func begin(at time: Timestamp) {
        started = started ?? time.microseconds
    }

    /// - Parameter elapsed: what the step took.
    mutating func record(_ result: Result, elapsed: Duration = .zero, asking resolvers: Resolvers) {
        guard var step = steps.popFirst() else { return }
        requests += 1
        spent += elapsed
        switch result {
        case .received(let received):
            outcome = received
            return
        case .found(let findings):
            add(findings, of: step.resolver, asking: resolvers)
        case .page(let links, let explanation):
            self.explanation = explanation
            for link in links.reversed() {
                add(
                    Step(
                        address: link, role: .artifact, resolver: .landingPage, originalURL: link.text,
                        canonicalURL: link.text, referrer: step.address.text),
                    first: true)
            }
        case .redirected(let target):
            // Where a redirect leads in a circle, or to what was tried before, what was learnt there stands.
            guard step.redirects < WorkRules.maximumRedirects, add(step.onward(to: target), first: true) else {
                let url = WebAddress.withoutUser(step.originalURL)
                explain(WorkOutcome(.httpError, reason: "too_many_redirects", detail: url))
                break
            }
        case .file:
            steps.prepend(step.onward(as: .artifact))
        case .unusable(let explanation):
            fail(step, explanation)
        case .transient(let explanation):
            step.failures += 1
            if step.failures < WorkRules.triesPerAddress {
                steps.prepend(step)
                if step.lookup == nil { self.explanation = explanation }
            } else {
                fail(step, explanation)
            }
        }
        advance(asking: resolvers)
    }

    /// An explanation that gives way to any other.
    private mutating func explain(_ outcome: WorkOutcome) {
        explanation = explanation ?? outcome
    }

    private mutating func fail(_ step: Step, _ explanation: WorkOutcome) {
        // What a service said about files is worth less than what a file's own host said.
        guard step.lookup == nil else { return explain(explanation) }
        self.explanation = explanation
        let isLost =
            explanation.classification == .httpError
            || ["connect_error", "timeout", "tls_error", "truncated"].contains(explanation.reason)
        if isLost, step.role == .artifact { failed.append(step.originalURL) }
    }

    /// `false` when its address was among the steps before.
    @discardableResult
    private mutating func add(_ step: Step, first: Bool = false) -> Bool {
        guard seen.insert(step.address).inserted else { return false }
        if first { steps.prepend(step) } else { steps.append(step) }
        return true
    }

    private mutating func add(_ candidate: Candidate) {
        do {
            add(try Step(candidate))
        } catch {
            let url = WebAddress.withoutUser(candidate.url)
            explain(WorkOutcome(.miss, reason: error.reason, detail: "\(url): \(error.detail ?? "")"))
        }
    }

    private mutating func add(_ findings: Findings, of resolver: ResolverName, asking resolvers: Resolvers) {
        if let next = findings.next { ask(next, of: resolver, resolvers) }
        for file in findings.files { add(Candidate(url: file, role: .artifact, resolver: resolver)) }
        let found = findings.pages.map { Candidate(url: $0, role: .landing, resolver: .landingPage) }
        if plan.contains(.landingPage) {
            pages += found
        } else if seeksPages {
            for page in found { add(page) }
        }
    }

    private mutating func ask(_ lookup: Lookup, of name: ResolverName, _ resolvers: Resolvers) {
        guard let address = try? resolvers[name]?.address(of: lookup) else { return }
        add(
            Step(
                address: address, role: .metadata, resolver: name, originalURL: address.text,
                canonicalURL: address.text, lookup: lookup))
    }

    /// Finds the next step, resolver by resolver, or the end.
    private mutating func advance(asking resolvers: Resolvers) {
        while outcome == nil, steps.isEmpty {
            guard let name = plan.popFirst() else {
                outcome = explanation ?? WorkOutcome(.miss, reason: "no_candidate")
                return
            }
            switch name {
            case .given, .openalex:
                for candidate in work.candidates where candidate.resolver == name { add(candidate) }
            case .landingPage:
                for page in work.candidates.filter({ $0.resolver == name }) + pages { add(page) }
                pages = []
            default:
                for lookup in resolvers[name]?.resolver.lookups(for: work, failed: failed) ?? [] {
                    ask(lookup, of: name, resolvers)
                }
            }
        }
        guard outcome == nil, let step = steps.first else { return }
        if rules.isDryRun, step.role == .artifact {
            outcome = planned(step, reason: "dry_run")
        } else if requests >= rules.requestBudget {
            giveUp("request_budget_exhausted")
        } else if spent >= WorkRules.timeBudget {
            giveUp("time_budget_exhausted")
        }
    }

    /// Ends with what was learnt so far as the detail.
    private mutating func giveUp(_ reason: String) {
        var last = explanation ?? WorkOutcome(.miss)
        last.reasonDetail = last.reason
        outcome = last.because(reason)
    }

    private func planned(_ candidate: Candidate?, reason: String) -> WorkOutcome {
        if let step = candidate.flatMap({ try? Step($0) }) { return planned(step, reason: reason) }
        return WorkOutcome(.skipped, reason: reason)
    }

    private func planned(_ step: Step, reason: String) -> WorkOutcome {
        WorkOutcome(.skipped, reason: reason).of(step)
    }
}
