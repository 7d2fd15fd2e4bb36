import AsyncAlgorithms
import Foundation
import Harvesting
import Hummingbird
import NIOCore
import ServiceLifecycle

/// A job's events as Server-Sent Events (HTML standard, section 9.2).
///
/// It begins with the job as it is, unless every event since the reader's last one can be told; it ends when the job
/// has ended, and where the reader is too slow: it may then come back and say what it had last.
struct JobEventStream: Sendable {
    let id: String
    let harvests: HarvestService
    /// The last event that the reader had.
    let last: JobEventID?

    /// Comments are sent this often, so that both sides notice when the other has gone.
    private static let heartbeat = Duration.seconds(15)

    private enum Item: Sendable {
        case event(JobEvent)
        case beat
        case end
    }

    @concurrent
    func write(to writer: inout any ResponseBodyWriter) async throws {
        // Looked at once events are gathered, so that the end of the job is not missed in between.
        let (stream, isGapless, stop) = harvests.events.watch(id, after: last)
        let job = try await harvests.manifest.job(id)
        if job.state.isFinal { stop() }
        if !isGapless { try await writer.write(try Self.frame(id: nil, .state(job))) }
        if job.state.isFinal, !isGapless { return }
        let ended = chain(stream.map { Item.event($0) }, [Item.end].async)
        let beats = AsyncTimerSequence(interval: Self.heartbeat, clock: .continuous).map { _ in Item.beat }
        for try await item in merge(ended, beats).cancelOnGracefulShutdown() {
            switch item {
            case .beat: try await writer.write(ByteBuffer(string: ":\n\n"))
            case .end: return
            case .event(let event):
                try await writer.write(try Self.frame(id: event.id, event.happening))
                if case .state(let job) = event.happening, job.state.isFinal { return }
            }
        }
    }

    private static func frame(id: JobEventID?, _ happening: JobEvent.Happening) throws -> ByteBuffer {
        var frame = ByteBuffer()
        if let id { frame.writeString("id: \(id)\n") }
        frame.writeString("event: \(happening.name)\ndata: ")
        frame.writeBytes(try data(happening))
        frame.writeString("\n\n")
        return frame
    }

    private static func data(_ happening: JobEvent.Happening) throws -> [UInt8] {
        let encoded =
            switch happening {
            case .state(let job): try JSON.encoder.encode(job)
            case .work(let line), .attempt(let line): try JSON.encoder.encode(line)
            case .artifact(let artifact, let work):
                try JSON.encoder.encode(
                    ArtifactBody(
                        workID: work, sha256: artifact.sha256, contentLength: artifact.length, path: artifact.path))
            case .limit(let wait): try JSON.encoder.encode(wait)
            }
        return Array(encoded)
    }

    private struct ArtifactBody: Encodable {
        let workID: String
        let sha256: String
        let contentLength: Int
        let path: String

        enum CodingKeys: String, CodingKey {
            case workID = "work_id"
            case sha256
            case contentLength = "content_length"
            case path
        }
    }
}
