import Foundation
import ScriptedOrigin
import TestSupport

/// nginx with TLS and HTTP/2 on the loopback, under a certificate that only its own file vouches for.
final class SecureOrigin {
    let port: Int
    private let folder: TemporaryFolder
    private let process: RunningProcess
    private let identity: Certificate

    /// The certificate that a client has to trust.
    var certificate: String { identity.certificate }

    /// Answers every request with the protocol that it came by.
    init() async throws {
        folder = try TemporaryFolder()
        identity = try await Certificate()
        // Free until a moment ago.
        let predecessor = try await ScriptedOrigin.serving { _ in .ok() }
        port = predecessor.port
        await predecessor.stop()
        let file = folder.url.appending(path: "nginx.conf")
        let path = folder.url.path()
        let bodies = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(path)/\($0);" }
        try Data(
            """
            daemon off; master_process off; pid \(path)/nginx.pid; error_log stderr error;
            events {}
            http {
                access_log off; \(bodies.joined(separator: " "))
                server {
                    listen 127.0.0.1:\(port) ssl http2;
                    ssl_certificate \(identity.certificate); ssl_certificate_key \(identity.key);
                    location / { default_type text/plain; return 200 $server_protocol; }
                }
            }
            """.utf8
        ).write(to: file)
        process = try RunningProcess("/usr/sbin/nginx", ["-c", file.path(), "-e", "stderr"])
        // It answers 400 to those who speak no TLS.
        while (try? await HTTP.get("http://127.0.0.1:\(port)/").status) != 400 { await Task.yield() }
    }
}
