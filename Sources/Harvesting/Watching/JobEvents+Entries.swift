extension JobEvents {
    /// Tells what was recorded of a work.
    func publish(_ entry: ManifestEntry) {
        var happenings: [JobEvent.Happening] = []
        var activity = RecentActivity.Amounts()
        if let attempt = entry.attempt {
            happenings.append(.attempt(ManifestLine(attempt, of: entry.work, in: entry.job, at: entry.time)))
            activity.requests = 1
            activity.bytes = Double(attempt.contentLength ?? 0)
        }
        if let outcome = entry.outcome {
            if entry.file != nil, let artifact = outcome.artifact {
                happenings.append(.artifact(artifact, work: entry.work.id))
            }
            happenings.append(.work(ManifestLine(outcome, of: entry.work, in: entry.job, at: entry.time)))
            activity.works = 1
        }
        publish(happenings, of: entry.job, activity)
    }
}
