import Foundation
import TestSupport
import Testing

/// What fuzzers have found to be of interest, and random changes of it. `scripts/fuzz` goes on from there.
struct CorpusTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    @Test("Any bytes are read or refused, and nothing breaks", arguments: FuzzTarget.allCases)
    func corpus(_ target: FuzzTarget) throws {
        let folder = Self.corpus.appending(path: target.rawValue)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        let texts = try files.map { Array(try Data(contentsOf: $0)) }
        try #require(!texts.isEmpty)
        for (file, text) in zip(files, texts) {
            #expect(throws: Never.self, "\(file.lastPathComponent)") { try target.run(text) }
        }
        let seed = TestSeed.current
        var mutation = Mutation(seed: seed, corpus: texts)
        for number in 0..<5_000 {
            let text = mutation.next()
            do {
                try target.run(text)
            } catch {
                Issue.record(
                    "\(error): number \(number) of WEIR_TEST_SEED=\(seed), \(Data(text).base64EncodedString())")
                return
            }
        }
    }
}

/// Random changes of texts.
private struct Mutation {
    private var random: SeededGenerator
    private let corpus: [[UInt8]]
    private static let longest = 4_096

    init(seed: UInt64, corpus: [[UInt8]]) {
        random = SeededGenerator(seed: seed)
        self.corpus = corpus
    }

    private mutating func text() -> ArraySlice<UInt8> {
        corpus[random.number(0...corpus.count - 1)].prefix(Self.longest)
    }

    mutating func next() -> [UInt8] {
        var text = Array(text())
        for _ in 0..<random.number(1...4) {
            let place = random.number(0...text.count)
            switch random.number(0...4) {
            case 0: text.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
            case 1: text.removeSubrange(place..<min(text.count, place + random.number(1...8)))
            case 2 where place < text.count: text[place] ^= 1 << UInt8(random.number(0...7))
            case 3: text.insert(contentsOf: self.text().shuffledPart(&random), at: place)
            default: text.insert(contentsOf: text[place...].prefix(random.number(1...16)), at: place)
            }
        }
        return text
    }
}

extension ArraySlice<UInt8> {
    /// Some bytes of it that stand together.
    fileprivate func shuffledPart(_ random: inout SeededGenerator) -> ArraySlice<UInt8> {
        guard !isEmpty else { return self }
        return dropFirst(random.number(0...count - 1)).prefix(random.number(1...32))
    }
}
