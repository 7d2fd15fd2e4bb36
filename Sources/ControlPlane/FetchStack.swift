package import Fetching
package import Foundation
package import Logging
package import RateLimiting

/// The way of every fetch of this process, put together once.
package struct FetchStack: Sendable {
    /// One hop: a redirect is an answer like any other.
    package let single: any Transport
    /// Redirects are followed, unless they are passed on.
    package let following: any Transport
    package let cache: CacheStore
    /// Runs as long as the process does.
    package let refreshes: BackgroundWork
    private let clients: UpstreamClients

    /// Fetches that this process makes for itself: it follows redirects, obeys robots.txt, and tries again.
    package init(_ settings: Settings, cache folder: URL, limits: any LimitBackend, logger: Logger) throws {
        let addresses = AddressGuard(settings.allowedAddresses)
        clients = UpstreamClients(proxies: settings.proxies, roots: settings.trustedRoots, addresses: addresses)
        cache = try Self.store(settings, folder, logger)
        refreshes = BackgroundWork()
        let contact = settings.contact.map { "; \($0)" } ?? ""
        let network = NetworkTransport(
            clients: clients, addresses: addresses,
            userAgent: "weir/\(Weir.version) (polite harvester\(contact))")
        let time = Self.time
        let attempts = BreakerLayer(
            Breakers(time: time),
            CrawlSpacingLayer(CrawlSpacing(time: time), LimitLayer(limits, MetricsLayer(network))))
        let budget = RetryBudget()
        let exchanges = EventLayer(
            logger,
            BodyLimitLayer(
                CacheLayer(
                    cache, settings.cache.policies, time: time, refreshes: refreshes,
                    ResumeLayer(budget, time: time, RetryLayer(budget, time: time, attempts)))))
        let hops = RobotsLayer(RobotsFiles(time: time), productToken: "weir", exchanges)
        single = DeadlineLayer(hops)
        following = DeadlineLayer(RedirectLayer(hops))
    }

    /// Fetches that clients make through this process: what comes back is passed on as it came, redirects included.
    ///
    /// - Parameters:
    ///   - origin: whose host may have any address.
    ///   - policies: what is cached.
    init(
        _ settings: Settings, passingOnFrom origin: WebAddress, caching policies: CachePolicies,
        cache folder: URL,
        limits: any LimitBackend, logger: Logger
    ) throws {
        let addresses = AddressGuard(settings.allowedAddresses, trusting: origin.host)
        clients = UpstreamClients(
            proxies: settings.proxies, roots: settings.trustedRoots, addresses: addresses, passesOn: true)
        cache = try Self.store(settings, folder, logger)
        refreshes = BackgroundWork()
        let network = NetworkTransport(clients: clients, addresses: addresses, userAgent: nil)
        single = DeadlineLayer(
            EventLayer(
                logger,
                BodyLimitLayer(
                    CacheLayer(
                        cache, policies, time: Self.time, refreshes: refreshes,
                        LimitLayer(limits, MetricsLayer(network))))))
        following = single
    }

    private static var time: LimiterClock<ContinuousClock> {
        LimiterClock(ContinuousClock(), wallClock: .wallClock)
    }

    private static func store(_ settings: Settings, _ folder: URL, _ logger: Logger) throws
        -> CacheStore
    {
        try CacheStore(folder: folder, maximumBytes: settings.cache.maximumBytes, logger: logger)
    }

    /// Lets the connections to upstreams go, once what is whole is stored; nothing can be fetched any more.
    package func close() async throws {
        await refreshes.settle()
        try await clients.shutdown()
    }
}
