package import Logging

extension DatabaseFile.SetAside {
    /// Says loudly that something is gone, and where it is now.
    ///
    /// - Parameter consequence: what this means, as the end of a sentence.
    package func log(_ logger: Logger, _ consequence: String) {
        logger.error(
            "\(path) is damaged and was set aside; \(consequence)",
            metadata: [
                "stage": "storage", "event_type": "database_set_aside", "file": "\(path)", "set_aside_as": "\(newPath)",
                "detail": "\(reason)",
            ])
    }
}
