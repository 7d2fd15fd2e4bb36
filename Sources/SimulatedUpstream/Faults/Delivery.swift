/// How an answer goes out.
enum Delivery: Sendable {
    case whole(Answer)
    case slow(Answer)
    /// The head promises more than comes before the connection closes.
    case cut(Answer)
    /// The connection closes without an answer.
    case reset
}
