import NIOCore

/// A page full of text as PDF operators, made once and shared by every document.
enum PDFFiller {
    static let lineLength = 128
    static let linesPerPage = 120

    private static let words = [
        "water", "flows", "over", "the", "weir", "and", "gravel", "banks", "shift", "with", "each", "flood", "while",
        "sediment", "settles", "in", "slow", "reaches", "of", "lowland", "rivers",
    ]

    /// Every line is complete in itself, so that any number of lines is a well-formed content stream.
    static let page: ByteBuffer = {
        var page = ByteBuffer()
        page.reserveCapacity(lineLength * linesPerPage)
        for number in 0..<linesPerPage {
            let start = "BT /F1 5 Tf 1 0 0 1 40 \(790 - number * 6) Tm ("
            let end = ") Tj ET\n"
            var text = ""
            var word = number * 5
            while text.utf8.count < lineLength {
                text += words[word % words.count] + " "
                word += 1 + number % 3
            }
            page.writeString(start + text.prefix(lineLength - start.utf8.count - end.utf8.count) + end)
        }
        return page
    }()
}
