/// A work's PDF that only one service knows.
struct Deposit: Sendable, Equatable {
    let service: ServiceName
    let url: String
    /// What the service calls the work.
    let id: String
}
