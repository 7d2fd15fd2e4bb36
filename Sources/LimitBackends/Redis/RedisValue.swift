import CHiredis

/// A reply of Redis.
enum RedisValue: Hashable, Sendable {
    case null
    case number(Int64)
    case bytes([UInt8])
    case status(String)
    case failure(RedisFailure)
    case array([RedisValue])

    var text: String? {
        switch self {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        default: nil
        }
    }

    var elements: [RedisValue]? { if case .array(let elements) = self { elements } else { nil } }
    var number: Int64? { if case .number(let number) = self { number } else { text.flatMap { Int64($0) } } }
}

/// An error that Redis replied, such as `NOSCRIPT No matching script`.
struct RedisFailure: Error, Hashable, CustomStringConvertible {
    let description: String

    /// The first word.
    var kind: Substring { description.prefix { $0 != " " } }
}

extension RedisValue {
    /// Copies what hiredis has read.
    init(_ reply: redisReply) {
        var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: reply.str, count: reply.len) }
        switch reply.type {
        case REDIS_REPLY_INTEGER: self = .number(reply.integer)
        case REDIS_REPLY_STRING: self = .bytes(Array(bytes))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .failure(RedisFailure(description: String(decoding: bytes, as: UTF8.self)))
        case REDIS_REPLY_ARRAY:
            self = .array(
                (0..<reply.elements).map { index in
                    reply.element[index].map { RedisValue($0.pointee) } ?? .null
                })
        default: self = .null
        }
    }
}
