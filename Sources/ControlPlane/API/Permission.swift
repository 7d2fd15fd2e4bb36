/// What a caller of the API may do. Each route requires one.
enum Permission: String, CaseIterable, Sendable {
    /// Health, version and the API's own description are for everybody.
    case open
    /// To take, renew and release tokens.
    case acquireTokens = "tokens:acquire"
    /// To see usage, leases, instances and metrics.
    case readUsage = "usage:read"
    /// To pause and resume hosts, reset their usage and revoke leases.
    case controlHosts = "hosts:control"
    case readLimits = "limits:read"
    case changeLimits = "limits:change"
    case readJobs = "jobs:read"
    /// To submit jobs and to cancel, pause, resume, retry and delete them.
    case runJobs = "jobs:run"
    /// To fetch through `POST /v1/fetch`.
    case fetch
    case clearCache = "cache:clear"
}
