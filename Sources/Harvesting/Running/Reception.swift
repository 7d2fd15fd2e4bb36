/// What a response came to, and the file that waits to be published with it.
struct Reception: Sendable {
    let result: WorkProgress.Result
    var file: ReceivedArtifact?
    let httpStatus: Int
    let contentType: String?
    var length: Int?
}
