extension LimiterCommand: BinaryCodable {
    private enum Kind: UInt64 {
        case acquire = 1
        case cancel, giveBack, release, renew, report, reset, pause, resume, apply, advance, present, left, count
        case returned, recover, recounted
    }

    private var kind: Kind {
        switch self {
        case .acquire: .acquire
        case .cancel: .cancel
        case .giveBack: .giveBack
        case .release: .release
        case .renew: .renew
        case .report: .report
        case .reset: .reset
        case .pause: .pause
        case .resume: .resume
        case .apply: .apply
        case .advance: .advance
        case .present: .present
        case .returned: .returned
        case .left: .left
        case .count: .count
        case .recover: .recover
        case .recounted: .recounted
        }
    }

    func write(to bytes: inout ByteWriter) {
        bytes.write(unsigned: kind.rawValue)
        switch self {
        case .acquire(let request, let mayWait):
            bytes.write(request)
            bytes.write(mayWait)
        case .cancel(let id): bytes.write(id)
        case .giveBack(let request, let start):
            bytes.write(request)
            bytes.write(start)
        case .release(let lease, let unused):
            bytes.write(lease)
            bytes.write(unused)
        case .renew(let lease, let timeToLive):
            bytes.write(lease)
            bytes.write(timeToLive)
        case .report(let outcome, let lease, let host):
            bytes.write(outcome)
            bytes.write(lease)
            bytes.write(host)
        case .reset(let host, let role):
            bytes.write(host)
            bytes.write(role)
        case .pause(let scope, let pause):
            bytes.write(scope)
            bytes.write(pause)
        case .resume(let scope): bytes.write(scope)
        case .apply(let table): bytes.write(table)
        case .present(let instance, let time, let share):
            bytes.write(instance)
            bytes.write(time)
            bytes.write(share)
        case .returned(let instance, let time, let leases):
            bytes.write(instance)
            bytes.write(time)
            bytes.write(leases)
        case .left(let id): bytes.write(id)
        case .count(let units): bytes.write(units)
        case .recover(let awaited): bytes.write(awaited)
        case .recounted(let id): bytes.write(id)
        case .advance: break
        }
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        let number = try bytes.readUnsigned()
        guard let kind = Kind(rawValue: number) else { throw MalformedBytes("\(number) is no command") }
        switch kind {
        case .acquire: self = .acquire(try bytes.read(), mayWait: try bytes.read())
        case .cancel: self = .cancel(try bytes.read())
        case .giveBack: self = .giveBack(try bytes.read(), start: try bytes.read())
        case .release: self = .release(try bytes.read(), unused: try bytes.read())
        case .renew: self = .renew(try bytes.read(), timeToLive: try bytes.read())
        case .report: self = .report(try bytes.read(), try bytes.read(), host: try bytes.read())
        case .reset: self = .reset(host: try bytes.read(), role: try bytes.read())
        case .pause: self = .pause(try bytes.read(), try bytes.read())
        case .resume: self = .resume(try bytes.read())
        case .apply: self = .apply(try bytes.read())
        case .advance: self = .advance
        case .present: self = .present(try bytes.read(), at: try bytes.read(), share: try bytes.read())
        case .returned: self = .returned(try bytes.read(), at: try bytes.read(), try bytes.read())
        case .left: self = .left(try bytes.read())
        case .count: self = .count(try bytes.read())
        case .recover: self = .recover(try bytes.read())
        case .recounted: self = .recounted(try bytes.read())
        }
    }
}
