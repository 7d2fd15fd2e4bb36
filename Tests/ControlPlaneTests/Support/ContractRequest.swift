import Hummingbird

/// A request to the service.
struct ContractRequest: Sendable, CustomStringConvertible {
    let method: HTTPRequest.Method
    let uri: String
    var headers: HTTPFields = [:]
    var body: String?

    var description: String { "\(method) \(uri) \(body?.prefix(200) ?? "")" }

    static func get(_ uri: String) -> ContractRequest {
        ContractRequest(method: .get, uri: uri)
    }

    static func post(_ uri: String, _ body: String? = nil) -> ContractRequest {
        ContractRequest(method: .post, uri: uri, body: body)
    }

    static func putLimits(_ body: String, headers: HTTPFields = [:]) -> ContractRequest {
        ContractRequest(method: .put, uri: "/v1/limits", headers: headers, body: body)
    }
}
