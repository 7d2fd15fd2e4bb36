/// All samples of one metric name at one moment: what a scrape shows, in whatever format.
package struct MetricFamily: Sendable {
    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    package struct Sample: Sendable {
        /// Follows the family's name: `_bucket`, `_sum` and `_count` of a histogram, otherwise nothing.
        package let suffix: String
        package let labels: MetricLabels
        package let value: MetricValue

        package init(suffix: String = "", labels: MetricLabels = MetricLabels(), value: MetricValue) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    package let name: String
    package let kind: Kind
    package let help: String?
    package let samples: [Sample]

    package init(name: String, kind: Kind, help: String?, samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }
}

/// A number as it was counted: whole numbers stay exact beyond what a floating-point number holds.
package enum MetricValue: Hashable, Sendable {
    case whole(Int64)
    case real(Double)
}
