import Logging
import Storage

extension LimitsHistory {
    /// Opens the record in a data folder, and says loudly where it is gone.
    ///
    /// - Throws: `DatabaseError`, and what setting a damaged record aside throws.
    init(in folder: DataFolder, logger: Logger) throws {
        try self.init(path: folder.limits)
        setAside?.log(logger, "limits begin with what files, variables and flags say")
        guard folder.lacksLimits else { return }
        logger.warning(
            "\(folder.limits) is gone from a folder that was used before",
            metadata: ["stage": "storage", "event_type": "database_missing", "file": "\(folder.limits)"])
    }

    /// What is missing of the record, for whoever asks what is in force.
    func warnings(in folder: DataFolder) -> [DocumentProblem] {
        let gone = "versions are counted from 1 again, and what the API said about limits before is not in force"
        let message: String? =
            if let setAside { "was damaged and is now \(setAside.newPath); \(gone)" } else if folder.lacksLimits {
                "is gone; \(gone)"
            } else { nil }
        return message.map { [DocumentProblem(path: folder.limits, message: $0)] } ?? []
    }
}
