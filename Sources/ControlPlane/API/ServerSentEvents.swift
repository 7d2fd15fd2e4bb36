import AsyncAlgorithms
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// A response that is a stream of events.
enum ServerSentEvents {
    static let fields: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]

    /// Comments are sent this often, so that both sides notice when the other has gone.
    private static let heartbeat = Duration.seconds(15)

    private enum Item: Sendable {
        case event(ServerSentEvent)
        case beat
        case end
    }

    /// Writes events while they come. Returns after the last one, when there are no more, and when the service shuts down.
    @concurrent
    static func write<Events: AsyncSequence & Sendable>(
        _ events: Events, to writer: inout any ResponseBodyWriter
    ) async throws where Events.Element == ServerSentEvent {
        let ended = chain(events.map { Item.event($0) }, [Item.end].async)
        let beats = AsyncTimerSequence(interval: heartbeat, clock: .continuous).map { _ in Item.beat }
        for try await item in merge(ended, beats).cancelOnGracefulShutdown() {
            switch item {
            case .beat: try await writer.write(ServerSentEvent.heartbeat)
            case .end: return
            case .event(let event):
                try await writer.write(event.frame)
                if event.isLast { return }
            }
        }
    }
}
