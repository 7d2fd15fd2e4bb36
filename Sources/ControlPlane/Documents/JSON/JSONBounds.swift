/// What a JSON text may have at most, besides its depth.
struct JSONBounds: Sendable {
    /// Values in all, lists and objects among them.
    let values: Int
    /// Bytes of a string, without its quotation marks.
    let stringBytes: Int

    /// Of texts that strangers send.
    static let body = JSONBounds(values: 250_000, stringBytes: 65_536)
    /// Of texts that Weir wrote itself.
    static let own = JSONBounds(values: .max, stringBytes: .max)
}
