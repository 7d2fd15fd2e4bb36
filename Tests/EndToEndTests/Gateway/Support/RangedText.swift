import ScriptedOrigin

/// A text at the origin that minds ranges and conditions, as an honest server does.
struct RangedText: Sendable {
    var text = "0123456789"
    var tag = "\"1\""
    var control = "max-age=6000"
    var age = 0

    func answer(_ request: RecordedRequest) -> ScriptedAnswer {
        let fields: KeyValuePairs = ["ETag": tag, "Cache-Control": control, "Age": "\(age)", "Date": httpDate(0)]
        if let condition = request["If-None-Match"], condition.contains(tag) { return ScriptedAnswer(304, "", fields) }
        guard let match = request["Range"]?.wholeMatch(of: #/bytes=(\d+)-(\d*)/#), let first = Int(match.1),
            let asked = match.2.isEmpty ? .max : Int(match.2), first <= asked, request["If-Range"] ?? tag == tag
        else { return .ok(text, fields) }
        guard first < text.count else { return ScriptedAnswer(416).with("Content-Range", "bytes */\(text.count)") }
        let last = min(asked, text.count - 1)
        return ScriptedAnswer(206, String(text.dropFirst(first).prefix(last - first + 1)), fields)
            .with("Content-Range", "bytes \(first)-\(last)/\(text.count)")
    }
}
