import Foundation
import Harvesting
import Hummingbird
import NIOCore
import NIOFoundationCompat
import NIOFoundationEssentialsCompat

/// A request body that refuses fields it does not know, so that a misspelt one is not silently ignored.
protocol StrictBody: Decodable {
    associatedtype Field: CodingKey, CaseIterable
}

/// Decodes `Body` and complains about every key that it does not name.
struct Strict<Body: StrictBody>: Decodable {
    let body: Body

    init(from decoder: any Decoder) throws {
        let known = Set(Body.Field.allCases.map(\.stringValue))
        let keys = try decoder.container(keyedBy: AnyKey.self).allKeys
        if let unknown = keys.first(where: { !known.contains($0.stringValue) }) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath + [unknown],
                    debugDescription: "unknown field; known here: \(known.sorted().joined(separator: ", "))"))
        }
        body = try Body(from: decoder)
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension Request {
    static let maximumBodyBytes = 1 << 20
    /// Of JSON lines, which are lists by nature.
    static let maximumLinesBytes = 32 << 20

    /// Whether the body is JSON lines.
    var hasLines: Bool {
        let type = headers[.contentType]?.prefix { $0 != ";" }.lowercased() ?? ""
        return ["application/jsonl", "application/x-ndjson", "application/x-jsonlines"].contains(type)
    }

    /// Bytes that its body may have.
    var bodyLimit: Int { hasLines ? Self.maximumLinesBytes : Self.maximumBodyBytes }

    /// The whole body.
    ///
    /// - Throws: ``Problem`` when it is too large.
    func bodyBytes() async throws -> ByteBuffer {
        do {
            return try await body.collect(upTo: bodyLimit)
        } catch is NIOTooManyBytesError {
            throw Problem(.payloadTooLarge, "the body may have at most \(bodyLimit) bytes")
        }
    }

    /// The body as JSON.
    ///
    /// - Throws: ``Problem`` naming the path of the field that is wrong.
    func json<Body: StrictBody>(_ type: Body.Type) async throws -> Body {
        try Self.decode(type, from: try await bodyBytes())
    }

    /// The body as JSON; `nil` where there is none.
    ///
    /// - Throws: ``Problem`` naming the path of the field that is wrong.
    func optionalJSON<Body: StrictBody>(_ type: Body.Type) async throws -> Body? {
        let bytes = try await bodyBytes()
        return bytes.readableBytes == 0 ? nil : try Self.decode(type, from: bytes)
    }

    private static func decode<Body: StrictBody>(_ type: Body.Type, from bytes: ByteBuffer) throws -> Body {
        do {
            return try JSON.decoder.decode(Strict<Body>.self, from: bytes).body
        } catch {
            let problem = JSONProblem(error, in: Data(buffer: bytes))
            throw Problem(
                .invalidJSON, problem.description, errors: [FieldError(path: problem.path, message: problem.message)])
        }
    }
}

/// The coders of all answers and bodies; made once.
enum JSON {
    static let decoder = JSONDecoder()
    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return encoder
    }()
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
