import HTTPTypes
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

    /// - Parameter headers: by name.
    static func post(_ uri: String, _ body: String? = nil, headers: [String: String] = [:]) -> ContractRequest {
        var fields: HTTPFields = [:]
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return ContractRequest(method: .post, uri: uri, headers: fields, body: body)
    }

    static func delete(_ uri: String, headers: HTTPFields = [:]) -> ContractRequest {
        ContractRequest(method: .delete, uri: uri, headers: headers)
    }

    static func patchLimits(_ body: String, headers: HTTPFields = [:]) -> ContractRequest {
        ContractRequest(method: .patch, uri: "/v1/limits", headers: headers, body: body)
    }

    static func putLimits(_ body: String, headers: HTTPFields = [:]) -> ContractRequest {
        ContractRequest(method: .put, uri: "/v1/limits", headers: headers, body: body)
    }
}
