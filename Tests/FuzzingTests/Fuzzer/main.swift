// The fuzzer of scripts/fuzz: libFuzzer's driver around one of the targets.
#if canImport(Glibc)
    import Glibc
#endif

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private enum Chosen {
    static let target = getenv("WEIR_FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }
}

guard Chosen.target != nil else {
    let known = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    print("WEIR_FUZZ_TARGET must be one of \(known)")
    exit(2)
}

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(
    runDriver(&count, &arguments) { bytes, count in
        do {
            try Chosen.target?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
        } catch {
            // The driver writes down what it gave when the process ends like this.
            fatalError("\(error)")
        }
        return 0
    })
