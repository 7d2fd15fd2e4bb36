import Fetching
import RateLimiting

extension FetchError {
    /// When to ask again, where nothing failed and it is only too early; else `nil`.
    func asksAgain(from now: Timestamp) -> Timestamp? {
        switch self {
        case .denied(let denial): denial.asksAgain(from: now)
        case .crawlDelay(let wait), .breakerOpen(let wait, hasFailedProbes: false):
            now.advanced(by: wait.wholeMilliseconds * 1000)
        default: nil
        }
    }
}
