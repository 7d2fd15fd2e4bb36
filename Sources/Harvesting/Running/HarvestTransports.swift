package import Fetching

/// The two ways in which a harvest fetches.
package struct HarvestTransports: Sendable {
    /// For candidates: redirects are steps of their own, so that a hop which must wait holds up no worker.
    let single: any Transport
    /// For what services are asked: redirects are followed.
    let following: any Transport

    package init(single: any Transport, following: any Transport) {
        self.single = single
        self.following = following
    }
}
