import Crypto

/// A script, known to the server by its digest once it was sent.
struct RedisScript: Sendable {
    let text: [UInt8]
    let digest: [UInt8]

    init(_ text: [UInt8]) {
        self.text = text
        let hash = Insecure.SHA1.hash(data: text)
        digest = hash.flatMap { byte in
            let digits = String(byte, radix: 16)
            return Array((digits.utf8.count == 1 ? "0" + digits : digits).utf8)
        }
    }
}
