/// Turns any text into a name that Prometheus accepts.
enum MetricName {
    static func metric(_ text: String) -> String {
        sanitized(text, allowingColon: true)
    }

    /// `le` belongs to the buckets of histograms, and names with two leading underscores to Prometheus itself.
    static func label(_ text: String) -> String {
        let name = sanitized(text, allowingColon: false)
        if name == "le" { return "le_" }
        return name.hasPrefix("__") ? "label" + name : name
    }

    private static func sanitized(_ text: String, allowingColon: Bool) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(scalar)
            case "0"..."9":
                if name.isEmpty { name = "_" }
                name.unicodeScalars.append(scalar)
            case ":" where allowingColon: name.unicodeScalars.append(scalar)
            default: name.append("_")
            }
        }
        return name.isEmpty ? "_" : name
    }
}
