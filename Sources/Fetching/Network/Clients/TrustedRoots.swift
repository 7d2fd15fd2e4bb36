package import NIOSSL

/// Certificate authorities that are trusted besides the system's.
package struct TrustedRoots: Sendable {
    package let certificates: [NIOSSLCertificate]

    package static let ofSystem = TrustedRoots(certificates: [])

    private init(certificates: [NIOSSLCertificate]) {
        self.certificates = certificates
    }

    /// Reads a PEM file.
    ///
    /// - Throws: `NIOSSLError` when it cannot be read or holds no certificate.
    package init(file: String) throws {
        certificates = try NIOSSLCertificate.fromPEMFile(file)
        guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
    }
}
