/// Limits that several instances share.
package protocol SharedBackend: LimitBackend {
    /// Says that another table is in force.
    var tableChanges: AsyncStream<Void> { get }

    /// Keeps up with the other instances until it is cancelled.
    func run() async
}
