import Crypto
import Foundation
import HTTPCaching
import HTTPTypes
import Synchronization

/// What the cache calls a URL: a digest, so that nothing which stands in it is kept.
struct CacheKey: Hashable, Sendable {
    let digest: Data

    init(digest: Data) {
        self.digest = digest
    }

    init(_ address: WebAddress) {
        digest = Data(SHA256.hash(data: Data(address.text.utf8)))
    }
}

/// A group of stored responses (RFC 9875): a digest of its name and its origin, for the same name elsewhere is another.
struct CacheGroup: Hashable, Sendable {
    let digest: Data

    static func joined(by response: HTTPFields, at address: WebAddress) -> Set<CacheGroup> {
        all(CacheGroups.joined(by: response), at: address)
    }

    static func invalidated(by response: HTTPFields, at address: WebAddress) -> Set<CacheGroup> {
        all(CacheGroups.invalidated(by: response), at: address)
    }

    private static func all(_ names: Set<String>, at address: WebAddress) -> Set<CacheGroup> {
        Set(names.map { CacheGroup(digest: Data(SHA256.hash(data: Data("\(address.origin) \($0)".utf8)))) })
    }
}

/// A stored response and where its bytes are.
struct CacheEntry: Sendable {
    /// Of its row; a newer response for the same has another.
    var id: Int64
    let key: CacheKey
    let host: String
    /// Digest of the request fields that its `Vary` names.
    let variant: Data
    var response: StoredResponse {
        didSet { memory = Memory() }
    }
    let body: StoredBody
    /// What was read from the response so far; every response has its own.
    private var memory = Memory()

    private final class Memory: Sendable {
        let terms = Mutex<(rules: CacheRules, terms: ReuseTerms)?>(nil)
    }

    init(id: Int64, key: CacheKey, host: String, variant: Data, response: StoredResponse, body: StoredBody) {
        self.id = id
        self.key = key
        self.host = host
        self.variant = variant
        self.response = response
        self.body = body
    }

    /// Whether nothing has come in its place, and nothing confirmed it, since it was looked up.
    func isSame(as other: CacheEntry) -> Bool { id == other.id && response == other.response }

    func terms(_ rules: CacheRules) -> ReuseTerms {
        memory.terms.withLock { known in
            if let known, known.rules == rules { return known.terms }
            let terms = ReuseTerms(of: response, rules)
            known = (rules, terms)
            return terms
        }
    }

    var place: CacheIndex.Place {
        CacheIndex.Place(id: id, key: key.digest, file: body.name, length: body.length)
    }

    private static let noVariant = variant(of: [:], chosenBy: [:])

    /// The digest of what `Vary` selects by in a request.
    static func variant(of request: HTTPFields, chosenBy response: HTTPFields) -> Data {
        Data(SHA256.hash(data: Data(Vary.key(of: request, chosenBy: response).utf8)))
    }

    func matches(_ request: HTTPFields) -> Bool {
        // Most responses are for every request.
        !response.fields.contains(.vary) && variant == Self.noVariant
            || variant == Self.variant(of: request, chosenBy: response.fields)
    }
}

/// A file with the bytes of a stored response.
struct StoredBody: Hashable, Sendable {
    let name: String
    let length: Int64
    /// SHA-256.
    let digest: Data
}
