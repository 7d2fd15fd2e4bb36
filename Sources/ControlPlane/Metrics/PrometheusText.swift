/// The Prometheus text exposition format, version 0.0.4.
package enum PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Writes the families in the order given.
    package static func render(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in families where !family.samples.isEmpty {
            if let help = family.help {
                text += "# HELP \(family.name) \(escaped(help, quotes: false))\n"
            }
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for sample in family.samples {
                text += family.name + sample.suffix
                write(sample.labels, to: &text)
                text += " \(sample.value)\n"
            }
        }
        return text
    }

    private static func write(_ labels: MetricLabels, to text: inout String) {
        guard !labels.labels.isEmpty else { return }
        text += "{"
        for (index, label) in labels.labels.enumerated() {
            if index > 0 { text += "," }
            text += "\(label.name)=\"\(escaped(label.value, quotes: true))\""
        }
        text += "}"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension MetricValue: CustomStringConvertible {
    /// The shortest text that reads back as the same number.
    package var description: String {
        switch self {
        case .whole(let value): return String(value)
        case .real(let value):
            if value.isNaN { return "NaN" }
            if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
            return Int64(exactly: value).map(String.init) ?? String(value)
        }
    }
}
