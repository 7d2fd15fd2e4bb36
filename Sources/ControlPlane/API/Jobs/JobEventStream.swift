import Foundation
import Harvesting
import Hummingbird

/// A job's events as Server-Sent Events.
///
/// It begins with the job as it is, unless every event since the reader's last one can be told; it ends when the job
/// has ended, and where the reader is too slow: it may then come back and say what it had last.
struct JobEventStream: Sendable {
    let id: String
    let harvests: HarvestService
    /// The last event that the reader had.
    let last: JobEventID?

    @concurrent
    func write(to writer: inout any ResponseBodyWriter) async throws {
        // Looked at once events are gathered, so that the end of the job is not missed in between.
        let (stream, isGapless, stop) = harvests.events.watch(id, after: last)
        let job = try await harvests.manifest.job(id)
        if job.state.isFinal { stop() }
        if !isGapless { try await writer.write(try Self.event(nil, .state(job)).frame) }
        if job.state.isFinal, !isGapless { return }
        try await ServerSentEvents.write(stream.map { try Self.event($0.id, $0.happening) }, to: &writer)
    }

    private static func event(_ id: JobEventID?, _ happening: JobEvent.Happening) throws -> ServerSentEvent {
        let isLast = if case .state(let job) = happening { job.state.isFinal } else { false }
        return ServerSentEvent(
            id: id.map { "\($0)" }, name: happening.name, data: try data(happening), isLast: isLast)
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
