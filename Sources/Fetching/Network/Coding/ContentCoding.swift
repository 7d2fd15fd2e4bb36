import HTTPCaching
import HTTPTypes

/// How the bytes of a body were compressed (RFC 9110, section 8.4.1), of the two ways that are asked for.
enum ContentCoding: Hashable, Sendable {
    case gzip
    case deflate

    /// The coding of a body, told by its `Content-Encoding`; `nil` where its bytes are what they are.
    ///
    /// - Throws: ``FetchError/undecodable(_:)`` for codings that nobody asked for, and for more than one.
    static func ofBody(_ fields: HTTPFields) throws(FetchError) -> ContentCoding? {
        let codings = FieldList.members(of: .contentEncoding, in: fields).map { $0.lowercased() }
            .filter(registered.contains)
        guard let coding = codings.first else { return nil }
        guard codings.count == 1 else {
            throw .undecodable("it was encoded more than once: \(codings.prefix(8).joined(separator: ", "))")
        }
        switch coding {
        case "gzip", "x-gzip": return .gzip
        case "deflate": return .deflate
        default: throw .undecodable("it has the coding \(coding), which was not asked for")
        }
    }

    /// The codings that change bytes. Other names are mistakes, such as `utf-8` or `none`, and tell nothing about the bytes.
    private static let registered: Set = [
        "aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "pack200-gzip", "x-compress", "x-gzip",
        "zstd",
    ]
}
