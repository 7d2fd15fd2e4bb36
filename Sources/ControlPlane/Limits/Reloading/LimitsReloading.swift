import ServiceLifecycle
import UnixSignals

/// Reads the limits document again when it has changed.
struct LimitsFileReloading: Service {
    let control: LimitsControl
    let file: String
    let watch: FileWatch

    /// Two looks make a change. Looking works on every file system, and costs one system call.
    static let interval = Duration.milliseconds(250)

    /// Before another try, where the change could not be put on record.
    static let patience = Duration.seconds(10)

    func run() async {
        await cancelWhenGracefulShutdown {
            var watch = watch
            while (try? await Task.sleep(for: Self.interval)) != nil {
                guard watch.look(FileFingerprint(of: file)) else { continue }
                do {
                    _ = try await control.reload(LimitsCause(source: .file))
                } catch is DocumentProblems {
                    // Told by the control, and not to be mended by reading it again.
                } catch {
                    watch.forget()
                    try? await Task.sleep(for: Self.patience)
                }
            }
        }
    }
}

/// Reads the limits document again at every SIGHUP.
struct LimitsSignalReloading: Service {
    let control: LimitsControl

    func run() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            _ = try? await control.reload(LimitsCause(source: .signal))
        }
    }
}
