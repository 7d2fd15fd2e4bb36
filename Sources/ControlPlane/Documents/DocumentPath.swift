/// Where a value stands in a document, such as `claims[0].weight`.
///
/// It is put into words only for a message: the paths of all values written out could cost many times the document.
struct DocumentPath: Sendable {
    enum Part: Sendable {
        case key(String)
        case index(Int)
    }

    /// A part and what it is in.
    private final class Step: Sendable {
        let part: Part
        let outer: Step?

        init(_ part: Part, in outer: Step?) {
            self.part = part
            self.outer = outer
        }
    }

    private let last: Step?

    /// Of the document itself.
    static let root = DocumentPath(last: nil)

    private init(last: Step?) {
        self.last = last
    }

    /// - Parameter text: a path that is written out already.
    init(_ text: String) {
        last = text.isEmpty ? nil : Step(.key(text), in: nil)
    }

    func appending(_ part: Part) -> DocumentPath { DocumentPath(last: Step(part, in: last)) }

    var parts: [Part] {
        var parts: [Part] = []
        var step = last
        while let current = step {
            parts.append(current.part)
            step = current.outer
        }
        return parts.reversed()
    }
}

extension DocumentPath: CustomStringConvertible {
    var description: String {
        parts.reduce(into: "") { text, part in
            switch part {
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += (text.isEmpty ? "" : ".") + key.excerpt
            }
        }
    }
}
