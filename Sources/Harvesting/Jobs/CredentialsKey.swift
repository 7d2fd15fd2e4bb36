import Crypto
import Foundation

/// Encrypts what jobs bring for resolvers, where it is kept (AES-256-GCM). The key is in a file of its own, which nobody
/// but its owner may read: who gets the manifest alone, in a backup or with a question, gets no credentials.
struct CredentialsKey {
    private let key: SymmetricKey

    /// What encrypted credentials begin with; the JSON of those that were kept before does not.
    private static let mark = "aes-gcm:"

    /// Reads the key, or makes one where there is none yet.
    ///
    /// - Throws: what reading or writing throws; `CryptoKitError` for a file that is no key.
    init(file: URL) throws {
        if !FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) { try Self.make(file) }
        let bytes = try Data(contentsOf: file)
        guard bytes.count * 8 == SymmetricKeySize.bits256.bitCount else { throw CryptoKitError.incorrectKeySize }
        key = SymmetricKey(data: bytes)
    }

    /// Whole or not at all, and never readable for others.
    private static func make(_ file: URL) throws {
        let new = file.appendingPathExtension("new")
        let path = new.path(percentEncoded: false)
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let handle = try FileHandle(forWritingTo: new)
        defer { try? handle.close() }
        try handle.write(contentsOf: SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) })
        try handle.synchronize()
        try FileManager.default.moveItem(at: new, to: file)
    }

    /// - Parameter job: whose they are; they mean nothing in another job's row.
    func sealed(_ credentials: [ResolverName: String], of job: String) throws -> String {
        let box = try AES.GCM.seal(
            try JSONEncoder().encode(credentials), using: key, authenticating: Data(job.utf8))
        return Self.mark + (box.combined?.base64EncodedString() ?? "")
    }

    /// - Throws: `CryptoKitError` where they were sealed with another key, or for another job.
    func opened(_ text: String, of job: String) throws -> [ResolverName: String] {
        let box = try AES.GCM.SealedBox(
            combined: Data(base64Encoded: String(text.dropFirst(Self.mark.count))) ?? Data())
        let credentials = try AES.GCM.open(box, using: key, authenticating: Data(job.utf8))
        return try JSONDecoder().decode([ResolverName: String].self, from: credentials)
    }

    static func isSealed(_ text: String) -> Bool { text.hasPrefix(mark) }
}
