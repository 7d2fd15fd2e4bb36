import Foundation

/// Looks for keys that an object has twice, of which the decoder silently keeps one.
enum JSONKeys {
    /// - Parameter data: valid JSON.
    /// - Returns: the path of the first key that repeats another, and where it stands.
    static func firstRepeated(in data: Data) -> (path: String, place: TextPlace)? {
        /// An object or a list that is open: the keys it had, and the path of what comes next in it.
        struct Level {
            var keys: Set<String>?
            var path: String
            var index = 0
            let own: String
        }
        var levels: [Level] = []
        var line = 1
        var lineStart = data.startIndex
        var isKeyNext = false
        var position = data.startIndex
        while position < data.endIndex {
            let byte = data[position]
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                lineStart = position + 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = byte == UInt8(ascii: "{")
                let own = levels.last?.path ?? ""
                levels.append(Level(keys: isObject ? [] : nil, path: isObject ? own : "\(own)[0]", own: own))
                isKeyNext = isObject
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = levels.popLast()
                isKeyNext = false
            case UInt8(ascii: ","):
                guard let last = levels.indices.last else { break }
                isKeyNext = levels[last].keys != nil
                if !isKeyNext {
                    levels[last].index += 1
                    levels[last].path = "\(levels[last].own)[\(levels[last].index)]"
                }
            case UInt8(ascii: "\""):
                let start = position
                position += 1
                while position < data.endIndex, data[position] != UInt8(ascii: "\"") {
                    position += data[position] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard isKeyNext, let last = levels.indices.last, position < data.endIndex,
                    let key = try? JSON.decoder.decode(String.self, from: data[start...position])
                else { break }
                isKeyNext = false
                levels[last].path = DocumentNode.path(levels[last].own, key)
                guard levels[last].keys?.insert(key).inserted != false else {
                    return (levels[last].path, TextPlace(line: line, column: start - lineStart + 1))
                }
            default: break
            }
            position += 1
        }
        return nil
    }
}
