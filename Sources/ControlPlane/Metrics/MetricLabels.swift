/// The labels of one series, sorted by name, so that the same set is the same series however it was written.
package struct MetricLabels: Hashable, Sendable {
    package struct Label: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    package private(set) var labels: [Label]

    /// Names are made valid; of labels whose names come out the same, the first stays.
    package init(_ dimensions: [(String, String)] = []) {
        labels = []
        for (name, value) in dimensions {
            let label = Label(name: MetricName.label(name), value: value)
            if !labels.contains(where: { $0.name == label.name }) { labels.append(label) }
        }
        labels.sort { $0.name < $1.name }
    }

    subscript(name: String) -> String? {
        labels.first { $0.name == name }?.value
    }

    func replacing(_ name: String, with value: String) -> MetricLabels {
        var copy = self
        copy.labels = labels.map { $0.name == name ? Label(name: name, value: value) : $0 }
        return copy
    }

    /// Adds a label behind all others, as the `le` of a bucket.
    func appending(_ name: String, _ value: String) -> MetricLabels {
        var copy = self
        copy.labels.append(Label(name: name, value: value))
        return copy
    }
}

extension MetricLabels: Comparable {
    package static func < (left: MetricLabels, right: MetricLabels) -> Bool {
        left.labels.lexicographicallyPrecedes(right.labels) { ($0.name, $0.value) < ($1.name, $1.value) }
    }
}
