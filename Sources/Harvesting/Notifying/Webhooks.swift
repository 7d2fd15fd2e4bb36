import Crypto
import Fetching
import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOFoundationCompat
import RateLimiting

/// Tells whoever submitted a job that it has ended: a signed POST, tried again until it is taken or a day has passed.
/// What is still to be told is in the manifest, so that a restart forgets none.
///
/// Signed as https://www.standardwebhooks.com has it: `webhook-id`, `webhook-timestamp` and `webhook-signature`
/// (`v1,` and the HMAC-SHA256 of id, timestamp and body, joined by dots, in Base64).
final class Webhooks: Sendable {
    private let manifest: Manifest
    private let transport: any Transport
    private let key: String?
    private let logger: Logger
    private let news: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation

    /// Waits between tries, in seconds; after the last one it is given up.
    static let waits = [1, 5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800]

    init(_ manifest: Manifest, _ transport: any Transport, key: String?, logger: Logger) {
        self.manifest = manifest
        self.transport = transport
        self.key = key
        self.logger = logger
        (news, arrived) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var canSign: Bool { key != nil }

    /// A job has ended: somebody may want to know.
    func jobEnded() {
        arrived.yield()
    }

    /// Delivers what may have brought the process down before, while nothing else runs: so a second death is no job's fault.
    func deliverOnTrial() async {
        do {
            try await deliver(try await manifest.webhooks(dueAt: .wallClock, onTrial: true))
        } catch is CancellationError {
            return
        } catch {
            logger.error("webhooks cannot be read", metadata: ["stage": "webhook", "detail": "\(error)"])
        }
    }

    /// Delivers what is due, until cancelled.
    func run() async {
        arrived.yield()
        await withDiscardingTaskGroup { group in
            /// When it is looked again anyhow.
            var alarms: Set<Timestamp> = []
            for await _ in news {
                let now = Timestamp.wallClock
                alarms = alarms.filter { $0 > now }
                guard let due = await nextDue(), alarms.insert(due).inserted else { continue }
                group.addTask {
                    try? await Task.sleep(for: .microseconds(max(0, due.microseconds(since: .wallClock))))
                    self.arrived.yield()
                }
            }
        }
    }

    /// Delivers what is due.
    ///
    /// - Returns: when to look again; `nil` when nothing is to be told.
    private func nextDue() async -> Timestamp? {
        do {
            try await deliver(try await manifest.webhooks(dueAt: .wallClock))
            return try await manifest.nextWebhook()
        } catch is CancellationError {
            return nil
        } catch {
            logger.error("webhooks cannot be read", metadata: ["stage": "webhook", "detail": "\(error)"])
            return Timestamp.wallClock.advanced(by: 10_000_000)
        }
    }

    private func deliver(_ due: [(job: String, tries: Int)]) async throws {
        for delivery in due {
            try await manifest.begin(webhookOf: delivery.job)
            let failure = await send(try await manifest.job(delivery.job))
            guard let failure else {
                try await manifest.update(webhookOf: delivery.job, .delivered, tries: delivery.tries + 1, at: nil)
                continue
            }
            let wait = Self.waits.dropFirst(delivery.tries).first
            logger.log(
                level: wait == nil ? .error : .warning,
                wait == nil ? "webhook given up" : "webhook not delivered",
                metadata: ["stage": "webhook", "job": "\(delivery.job)", "detail": "\(failure)"])
            let next = wait.map { Timestamp.wallClock.advanced(by: Int64($0) * 1_000_000) }
            try await manifest.update(
                webhookOf: delivery.job, next == nil ? .failed : .pending, tries: delivery.tries + 1, at: next)
        }
    }

    /// What went wrong; `nil` when it was taken.
    private func send(_ job: Job) async -> String? {
        guard let url = job.request.webhook else { return nil }
        guard let key else { return "there is no webhook_key any more to sign with" }
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
            let body = try encoder.encode(job)
            let finished = job.finishedAt ?? job.createdAt
            let headers = Self.signature(
                id: "\(job.id).\(finished.microseconds)", seconds: Timestamp.wallClock.microseconds / 1_000_000,
                body: body, key: key)
            let request = FetchRequest(
                try WebAddress(parsing: url), role: .metadata, method: .post, headers: headers,
                body: .bytes(ByteBuffer(data: body)), maximumBodyBytes: 1 << 16, timeout: .seconds(20),
                client: "webhook")
            let status = try await transport.withResponse(to: request) { $0.status.code }
            return (200..<300).contains(status) ? nil : "answered \(status)"
        } catch let error as FetchError {
            return "\(error.reason): \(error.detail ?? "")"
        } catch {
            return "\(error)"
        }
    }

    static func signature(id: String, seconds: Int64, body: Data, key: String) -> HTTPFields {
        let content = Data("\(id).\(seconds).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: Data(key.utf8)))
        var fields: HTTPFields = [.contentType: "application/json"]
        let signed = [
            ("webhook-id", id), ("webhook-timestamp", "\(seconds)"),
            ("webhook-signature", "v1,\(Data(code).base64EncodedString())"),
        ]
        for (name, value) in signed {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }
}
