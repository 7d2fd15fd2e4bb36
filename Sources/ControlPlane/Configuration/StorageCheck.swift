import Dispatch
import Storage

/// Whether the data folder can be written to, found out by writing to it: at most once a second, however often it is asked.
actor StorageCheck {
    private let folder: DataFolder
    private let databases: [String]
    private var latest: Finding?
    private var running: Task<Finding, Never>?

    private struct Finding {
        let fault: StorageFault?
        let at: ContinuousClock.Instant
    }

    /// - Parameter databases: files in it that have to be there.
    init(_ folder: DataFolder, _ databases: [String]) {
        self.folder = folder
        self.databases = databases
    }

    /// What is wrong; `nil` where nothing is.
    func fault() async -> StorageFault? {
        if let latest, latest.at.duration(to: .now) < .seconds(1) { return latest.fault }
        // A disk that hangs holds up one thread, and none that requests are answered on.
        let check =
            running
            ?? Task { [folder, databases] in
                await withCheckedContinuation { found in
                    DispatchQueue.global().async {
                        found.resume(returning: Finding(fault: folder.fault(databases), at: .now))
                    }
                }
            }
        running = check
        let finding = await check.value
        running = nil
        latest = finding
        return finding.fault
    }

    /// What an error of storage comes to, with more than the error itself tells; `nil` for other errors.
    func fault(_ error: any Error) async -> StorageFault? {
        guard let fault = StorageFault(error) else { return nil }
        // SQLite says that writing failed, and not why.
        guard fault == .failing else { return fault }
        return await self.fault() ?? fault
    }
}
