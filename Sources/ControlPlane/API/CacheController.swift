import Fetching
import Hummingbird
import Logging
import RateLimiting

/// `/v1/cache`: what was fetched before, and forgetting it.
struct CacheController: Sendable {
    let cache: CacheStore

    func addRoutes(to routes: RouteTable) {
        routes.on(.delete, "/v1/cache", requires: .clearCache) { try await remove($0, $1) }
    }

    private func remove(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let query = try request.query(of: ["host", "url"])
        let host = try query["host"].map { try HostName.required(String($0)) }
        let removed: Int
        if let url = query["url"] {
            let address = try address(String(url))
            guard host == nil || host == address.host else {
                throw Page.invalid("host", "is not the host of the url; one of both is enough")
            }
            removed = await cache.remove(address)
        } else {
            removed = try await cache.removeAll(host: host)
        }
        context.logger.notice(
            "cache cleared",
            metadata: ["stage": "cache", "host": "\(host ?? "*")", "removed": "\(removed)"])
        return try .json(["removed": removed])
    }

    private func address(_ url: String) throws -> WebAddress {
        do {
            return try WebAddress(parsing: url)
        } catch {
            throw Page.invalid("url", error.detail ?? error.reason)
        }
    }
}
