/// How an answer goes out.
enum Delivery: Sendable {
    case whole(Answer)
    case slow(Answer)
    /// The head promises more than comes before the connection closes.
    case cut(Answer)
    /// All of the body comes, and then the connection closes, for the head promises more than there is.
    case overstated(Answer)
    /// The body goes on after its end for as long as somebody reads.
    case endless(Answer)
    /// The same, at one byte a second.
    case drip(Answer)
    /// The connection closes without an answer.
    case reset

    var answer: Answer? {
        switch self {
        case .whole(let answer), .slow(let answer), .cut(let answer), .overstated(let answer), .endless(let answer),
            .drip(let answer):
            answer
        case .reset: nil
        }
    }
}
