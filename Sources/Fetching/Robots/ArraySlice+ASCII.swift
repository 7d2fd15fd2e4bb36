extension ArraySlice<UInt8> {
    /// Whether both are the same but for the case of ASCII letters.
    func equalsIgnoringCase(_ text: String.UTF8View) -> Bool {
        elementsEqual(text) { Self.lowercased($0) == Self.lowercased($1) }
    }

    private static func lowercased(_ octet: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet + 32 : octet
    }
}
