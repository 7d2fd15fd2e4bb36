import Fetching
import Foundation
package import Logging
import RateLimiting

/// Writes each log line as one JSON object on standard error: `time`, `level`, `message`, then the metadata, flat.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    package init(level: Logger.Level) {
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = JSONLine()
        line.add("time", Timestamp.wallClock.description)
        line.add("level", event.level.rawValue)
        line.add("message", "\(event.message)")
        let own = event.metadata ?? [:]
        for (key, value) in own { line.add(key, value) }
        for (key, value) in metadata where own[key] == nil { line.add(key, value) }
        if let error = event.error { line.add("error", "\(error)") }
        line.finished(Self.write)
    }

    /// As a whole where the system takes it so, that lines of several tasks do not mix. Nobody may be reading any more.
    private static func write(_ line: UnsafeRawBufferPointer) {
        var rest = line[...]
        while !rest.isEmpty {
            let count = Foundation.write(STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
