import Foundation
import Harvesting
import Hummingbird
import NIOCore
import NIOFoundationEssentialsCompat

extension Request {
    static let maximumBodyBytes = 1 << 20

    /// The whole body.
    ///
    /// - Throws: ``Problem`` when it is too large.
    func bodyBytes() async throws -> [UInt8] {
        do {
            return Array(buffer: try await body.collect(upTo: Self.maximumBodyBytes))
        } catch is NIOTooManyBytesError {
            throw Problem(.payloadTooLarge, "the body may have at most \(Self.maximumBodyBytes) bytes")
        }
    }

    /// The body as JSON.
    ///
    /// - Throws: ``Problem`` naming the path of the field that is wrong.
    func json<Body: Decodable>(_ type: Body.Type) async throws -> Body {
        try Self.decode(type, from: try await bodyBytes())
    }

    /// The body as JSON; `nil` where there is none.
    ///
    /// - Throws: ``Problem`` naming the path of the field that is wrong.
    func optionalJSON<Body: Decodable>(_ type: Body.Type) async throws -> Body? {
        let bytes = try await bodyBytes()
        return bytes.isEmpty ? nil : try Self.decode(type, from: bytes)
    }

    private static func decode<Body: Decodable>(_ type: Body.Type, from bytes: [UInt8]) throws(Problem) -> Body {
        do {
            return try JSON.decode(type, from: bytes, within: .body)
        } catch {
            throw Problem(.invalidJSON, fields: [FieldError(error)])
        }
    }
}

extension FieldError {
    init(_ problem: JSONProblem) {
        self.init(path: problem.path, message: problem.placedMessage)
    }
}

extension Response {
    /// - Parameter value: encoded as the body.
    static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:],
        contentType: String = "application/json"
    ) throws -> Response {
        var headers = headers
        headers[.contentType] = contentType
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(data: try JSON.encoder.encode(value))))
    }
}
