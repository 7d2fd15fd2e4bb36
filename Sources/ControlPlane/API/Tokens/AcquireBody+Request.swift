import Fetching
import Harvesting
import RateLimiting

extension AcquireBody {
    /// What the body asks for.
    ///
    /// - Parameters:
    ///   - idempotencyKey: from the request's field.
    ///   - path: where the body stands in a larger one, such as `requests[3].`.
    /// - Throws: an error that lists every field that cannot be accepted.
    func request(idempotencyKey: String?, at path: String = "") throws(InvalidFields) -> AcquireRequest {
        var errors: [FieldError] = []
        let claims = claims(path, &errors)
        if let maxWaitMilliseconds, !Self.maximumWait.contains(maxWaitMilliseconds) {
            errors.append(.outside("\(path)max_wait_ms", Self.maximumWait))
        }
        if let leaseTTLMilliseconds, !Self.leaseTTL.contains(leaseTTLMilliseconds) {
            errors.append(.outside("\(path)lease_ttl_ms", Self.leaseTTL))
        }
        if let wait, AcquireRequest.Wait(rawValue: wait) == nil {
            errors.append(FieldError(path: "\(path)wait", message: "must be \"server\" or \"client\""))
        }
        if let client, !Self.isClient(client) {
            errors.append(FieldError(path: "\(path)client", message: Self.clientRequirement))
        }
        if let method, method.isEmpty || !method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) {
            errors.append(FieldError(path: "\(path)method", message: "must be an HTTP method such as GET or HEAD"))
        }
        try InvalidFields.check(errors)
        return AcquireRequest(
            claims: claims,
            maxWaitMilliseconds: maxWaitMilliseconds,
            wait: wait.flatMap(AcquireRequest.Wait.init) ?? .server,
            hold: hold ?? true,
            leaseTTLMilliseconds: leaseTTLMilliseconds ?? Self.defaultLeaseTTL,
            isHead: method == "HEAD",
            client: client,
            idempotencyKey: idempotencyKey,
            reportsUsage: true
        )
    }

    static let clientRequirement = "must be a string of 1 to 100 characters"

    static func isClient(_ text: String) -> Bool {
        (1...100).contains(text.unicodeScalars.count)
    }

    private func claims(_ path: String, _ errors: inout [FieldError]) -> [AcquireRequest.Claim] {
        guard let claims else {
            guard let host, let role else {
                errors.append(
                    FieldError(path: "\(path)claims", message: "is missing; give claims, or host and role"))
                return []
            }
            return [Self.claim(host, role, weight, path: path, &errors)].compactMap(\.self)
        }
        if host != nil || role != nil || weight != nil {
            errors.append(
                FieldError(path: "\(path)claims", message: "cannot go with host, role or weight at top level"))
        }
        if !(1...Self.maximumClaims).contains(claims.count) {
            errors.append(FieldError(path: "\(path)claims", message: "must hold 1 to \(Self.maximumClaims) claims"))
        }
        return claims.prefix(Self.maximumClaims).enumerated().compactMap { index, claim in
            Self.claim(
                claim.host, claim.role, claim.weight, path: "\(path)claims[\(index)].", &errors)
        }
    }

    private static func claim(
        _ host: String, _ role: String, _ weight: Int?, path: String, _ errors: inout [FieldError]
    ) -> AcquireRequest.Claim? {
        let weight = weight ?? 1
        if !weights.contains(weight) { errors.append(.outside("\(path)weight", weights)) }
        if !LimitsSchema.isRole(role) {
            errors.append(FieldError(path: "\(path)role", message: LimitsSchema.roleRequirement))
        }
        guard let name = HostName.canonical(host) else {
            errors.append(FieldError(path: "\(path)host", message: HostName.requirement))
            return nil
        }
        return AcquireRequest.Claim(key: LimitKey(host: name, role: role), weight: weight)
    }
}

extension FieldError {
    /// A number that is not in the range it has to be in.
    static func outside(_ path: String, _ range: ClosedRange<Int>) -> FieldError {
        FieldError(path: path, message: "must be \(range.lowerBound) to \(range.upperBound)")
    }
}
