import DequeModule
import Fetching
import HTTPTypes

/// The way of one work, as a value: which request comes next, and what its result means.
struct WorkProgress: Sendable {
    /// One request to make.
    struct Step: Hashable, Sendable {
        let address: WebAddress
        let role: FetchRole
        let resolver: Resolver
        /// The candidate as it was offered, before redirects.
        let originalURL: String
        /// ``originalURL`` as it is compared between works.
        let canonicalURL: String
        /// The page that linked here.
        let referrer: String?
        var redirects = 0
        /// Requests made for this address that failed in a way that may pass.
        var failures = 0
    }

    /// What came of a step.
    enum Result: Sendable {
        case received(WorkOutcome)
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
    private let isDryRun: Bool
    private var steps: Deque<Step> = []
    private var seen: Set<WebAddress> = []
    private var requests = 0
    /// The latest explanation for having no file.
    private var explanation: WorkOutcome?
    /// How the work ended; `nil` while there is a ``step`` to make.
    private(set) var outcome: WorkOutcome?

    /// Requests that one work may cost.
    static let requestBudget = 20
    static let maximumRedirects = 10
    static let triesPerAddress = 3

    init(_ work: Work, isDryRun: Bool) {
        self.work = work
        self.isDryRun = isDryRun
        for candidate in work.candidates {
            do {
                let address = try WebAddress(parsing: candidate.url)
                let asked = candidate.role == .landing ? address.withoutTrackers : address
                add(
                    Step(
                        address: asked, role: candidate.role, resolver: candidate.resolver,
                        originalURL: candidate.url, canonicalURL: asked.text, referrer: nil))
            } catch {
                explanation = WorkOutcome(
                    .miss, reason: error.reason, detail: "\(candidate.url): \(error.detail ?? "")")
            }
        }
        settle()
    }

    /// The request to make next; `nil` when the work is settled.
    var step: Step? { outcome == nil ? steps.first : nil }

    mutating func record(_ result: Result) {
        guard var step = steps.popFirst() else { return }
        requests += 1
        switch result {
        case .received(let received):
            outcome = received
            return
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
            let onward = Step(
                address: target, role: step.role, resolver: step.resolver, originalURL: step.originalURL,
                canonicalURL: step.canonicalURL, referrer: step.referrer, redirects: step.redirects + 1)
            // Where a redirect leads in a circle, or to what was tried before, what was learnt there stands.
            guard step.redirects < Self.maximumRedirects, add(onward, first: true) else {
                explanation =
                    explanation ?? WorkOutcome(.httpError, reason: "too_many_redirects", detail: step.originalURL)
                break
            }
        case .file:
            steps.prepend(
                Step(
                    address: step.address, role: .artifact, resolver: step.resolver, originalURL: step.originalURL,
                    canonicalURL: step.canonicalURL, referrer: step.referrer, redirects: step.redirects))
        case .unusable(let explanation):
            self.explanation = explanation
        case .transient(let explanation):
            self.explanation = explanation
            step.failures += 1
            if step.failures < Self.triesPerAddress { steps.prepend(step) }
        }
        settle()
    }

    /// `false` when its address was among the steps before.
    @discardableResult
    private mutating func add(_ step: Step, first: Bool = false) -> Bool {
        guard seen.insert(step.address).inserted else { return false }
        if first { steps.prepend(step) } else { steps.append(step) }
        return true
    }

    private mutating func settle() {
        if work.isOpenAccess == false, work.candidates.isEmpty {
            outcome = WorkOutcome(.skipped, reason: "closed_access")
        } else if isDryRun, let step = steps.first, step.role == .artifact {
            var planned = WorkOutcome(.skipped, reason: "dry_run")
            planned.resolver = step.resolver
            planned.url = step.address.text
            planned.canonicalURL = step.canonicalURL
            planned.originalURL = step.originalURL
            outcome = planned
        } else if steps.isEmpty {
            outcome = explanation ?? WorkOutcome(.miss, reason: "no_candidate")
        } else if requests >= Self.requestBudget {
            outcome = explanation ?? WorkOutcome(.miss, reason: "request_budget_exhausted")
        }
    }
}
