/// How the simulated hosts behave.
package struct UpstreamConfiguration: Sendable {
    package var address: ListenAddress
    package var limits: [LimitRule]
    /// How much two requests may have been moved towards each other on their way.
    package var toleranceMilliseconds: Int
    package var faults: [FaultShare]
    /// Whether all faults befall every request of a URL, and not some only the first.
    package var faultsEveryRequest: Bool
    package var slowBodyMilliseconds: Int
    package var robots: [RobotsRule]

    package init(
        address: ListenAddress, limits: [LimitRule] = [], toleranceMilliseconds: Int = 50, faults: [FaultShare] = [],
        faultsEveryRequest: Bool = false, slowBodyMilliseconds: Int = 3_000, robots: [RobotsRule] = []
    ) {
        self.address = address
        self.limits = limits
        self.toleranceMilliseconds = toleranceMilliseconds
        self.faults = faults
        self.faultsEveryRequest = faultsEveryRequest
        self.slowBodyMilliseconds = slowBodyMilliseconds
        self.robots = robots
    }
}
