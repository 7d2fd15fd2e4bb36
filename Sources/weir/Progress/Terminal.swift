import Foundation

/// Standard output, for people.
enum Terminal {
    static func write(_ text: String) {
        // Whoever reads may have gone; what runs goes on.
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }

    /// Columns; 80 where nobody knows.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
