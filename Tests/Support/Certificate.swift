import Foundation

/// A key and a certificate for `localhost` that only its own file vouches for.
package final class Certificate: Sendable {
    private let folder: TemporaryFolder

    /// Paths of PEM files.
    package var certificate: String { folder.url.appending(path: "certificate.pem").path() }
    package var key: String { folder.url.appending(path: "key.pem").path() }

    package init() async throws {
        folder = try TemporaryFolder()
        let made = try RunningProcess(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key,
                "-out", certificate,
            ])
        guard await made.exit() == 0 else { throw RunningProcess.EndedEarly(output: made.output) }
    }
}
