/// Why an argument was refused, in words for the person who typed it.
package struct ArgumentProblem: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
