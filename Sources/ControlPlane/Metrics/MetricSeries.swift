/// One series: a handler that callers write to and a scrape reads.
protocol MetricSeries: AnyObject, Sendable {
    static var kind: MetricFamily.Kind { get }

    func samples(_ labels: MetricLabels) -> [MetricFamily.Sample]
}
