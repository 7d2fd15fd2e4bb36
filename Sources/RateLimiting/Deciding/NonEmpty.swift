/// One element or more. Nearly every request has one claim, and one needs no memory of its own.
struct NonEmpty<Element> {
    var first: Element
    var others: [Element]

    init(_ first: Element, _ others: [Element] = []) {
        self.first = first
        self.others = others
    }
}

extension NonEmpty: RandomAccessCollection, MutableCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { others.count + 1 }

    subscript(index: Int) -> Element {
        get { index == 0 ? first : others[index - 1] }
        set { if index == 0 { first = newValue } else { others[index - 1] = newValue } }
    }
}

extension NonEmpty: Sendable where Element: Sendable {}

extension NonEmpty: BinaryCodable where Element: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(first)
        bytes.write(others)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(try bytes.read(), try bytes.read())
    }
}
