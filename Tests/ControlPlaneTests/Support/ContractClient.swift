import Hummingbird
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing

/// Sends requests and holds each answer against the contract.
final class ContractClient: Sendable {
    private let document: OpenAPIDocument
    private let client: any TestClientProtocol
    private let seen = Mutex<Set<String>>([])

    init(_ document: OpenAPIDocument, _ client: any TestClientProtocol) {
        self.document = document
        self.client = client
    }

    /// The operations that were asked, each with a status that it answered, such as `getJob 404`.
    var answered: Set<String> { seen.withLock { $0 } }

    /// Sends a request, expects an answer that the contract allows, and returns it.
    @discardableResult
    func send(
        _ request: ContractRequest, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TestResponse {
        let answer = try await client.executeRequest(
            uri: request.uri, method: request.method, headers: request.headers,
            body: request.body.map { ByteBuffer(string: $0) })
        let problems = try problems(of: answer, to: request)
        #expect(problems.isEmpty, "\(request): \(answer.status)", sourceLocation: sourceLocation)
        return answer
    }

    private func problems(of answer: TestResponse, to request: ContractRequest) throws -> [String] {
        guard let operation = document.operation(request.method, request.uri) else {
            return try problems(of: answer, as: document.anyProblem(), method: request.method)
        }
        seen.withLock { _ = $0.insert("\(operation.id) \(answer.status.code)") }
        guard let response = operation.response(answer.status.code) else {
            return ["\(operation.id) does not list \(answer.status.code)"]
        }
        return try problems(of: answer, as: response, method: request.method)
    }

    private func problems(
        of answer: TestResponse, as response: DocumentedResponse, method: HTTPRequest.Method
    ) throws -> [String] {
        let mediaType = answer.headers[.contentType]?.prefix { $0 != ";" }
        if response.content.isEmpty, mediaType == nil, answer.body.readableBytes == 0 {
            return response.headerProblems(answer.headers, document.definitions)
        }
        guard let content = response.content.first(where: { $0.mediaType == mediaType ?? "" }) else {
            return ["\(mediaType ?? "no content") is not listed for \(answer.status.code)"]
        }
        let headerProblems = response.headerProblems(answer.headers, document.definitions)
        let text = String(buffer: answer.body)
        guard method != .head else { return headerProblems + (text.isEmpty ? [] : ["a HEAD is answered with a body"]) }
        return headerProblems + (try document.problems(of: text, as: content))
    }
}
