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
        var fields: [String: JSONValue] = [:]
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
            fields[key] = Self.json(value)
        }
        if let error = event.error { fields["error"] = .string("\(error)") }
        fields["time"] = .string(Timestamp.wallClock.description)
        fields["level"] = .string(event.level.rawValue)
        fields["message"] = .string("\(event.message)")
        guard var line = try? JSON.encoder.encode(fields) else { return }
        line.append(UInt8(ascii: "\n"))
        // One write per line, so that lines of several tasks do not mix. Nobody may be reading any more.
        try? FileHandle.standardError.write(contentsOf: line)
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let number as Int): .int(number)
        case .stringConvertible(let flag as Bool): .bool(flag)
        case .stringConvertible(let value): .string("\(value)")
        case .array(let values): .array(values.map(json))
        case .dictionary(let values): .object(values.mapValues(json))
        }
    }
}
