extension Dictionary where Key == String {
    /// In the order of the keys' bytes. To compare texts beyond ASCII as Unicode does costs many times their length.
    var sortedByBytes: [(key: String, value: Value)] {
        sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
