/// What a random history found: checked by throwing, because a million recorded expectations would take minutes.
package struct BrokenPromise: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

package func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    guard condition else { throw BrokenPromise(description: message()) }
}
