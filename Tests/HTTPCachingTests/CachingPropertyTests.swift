import HTTPCaching
import HTTPTypes
import TestSupport
import Testing

@Suite("RFC 9111: what holds whatever the fields")
struct CachingPropertyTests {
    private var generator = FieldGenerator(random: SeededGenerator(seed: TestSeed.current))
    private let rounds = 3000

    private func decision(
        _ stored: StoredResponse, _ asked: HTTPFields, after seconds: Int64, _ rules: CacheRules
    ) -> CacheDecision {
        var request = Exchange.request()
        request.headerFields = asked
        return CacheDecision(
            on: request, stored: stored, isOtherStored: false, now: Exchange.start.advanced(by: seconds), rules: rules)
    }

    private func isServed(
        _ stored: StoredResponse, _ asked: HTTPFields, after seconds: Int64, _ rules: CacheRules
    ) -> Bool {
        if case .serve = decision(stored, asked, after: seconds, rules) { true } else { false }
    }

    private func storability(_ status: Int, _ fields: HTTPFields, _ asked: HTTPFields, _ rules: CacheRules)
        -> Storability
    {
        var request = Exchange.request()
        request.headerFields = asked
        return Storability(
            of: HTTPResponse(status: .init(code: status), headerFields: fields), to: request,
            requestTime: Exchange.start, responseTime: Exchange.start, rules: rules)
    }

    private func isStored(_ status: Int, _ fields: HTTPFields, _ asked: HTTPFields, _ rules: CacheRules) -> Bool {
        if case .storable = storability(status, fields, asked, rules) { true } else { false }
    }

    @Test("Nothing that is read of any message is a trap")
    mutating func traps() {
        for _ in 0..<rounds {
            let rules = generator.rules(isShared: generator.random.chance(50))
            let stored = generator.stored()
            let other = generator.stored()
            let asked = generator.fields()
            let now = Exchange.start.advanced(by: Int64(generator.random.number(-1000...1_000_000)))
            var request = Exchange.request()
            request.headerFields = asked

            _ = decision(stored, asked, after: 100, rules)
            _ = storability(stored.status.code, stored.fields, asked, rules)
            _ = stored.maySubstituteError(for: request, now: now, rules: rules)
            _ = stored.isKnown(toSenderOf: asked)
            _ = stored.rangeApplies(asked)
            _ = stored.fieldsWithoutContent
            _ = Vary.key(of: asked, chosenBy: stored.fields)
            _ = Validation.request(request, validating: stored, others: [other])
            _ = Validation.confirmed(by: other.fields, among: [stored, other])
            _ = Invalidation.references(in: stored.fields)
            _ = CacheGroups.joined(by: asked)
            _ = CacheGroups.invalidated(by: asked)
            if let completion = Completion(of: stored, for: request, rules: rules) {
                _ = completion.request(request)
                _ = completion.fields(ofRest: HTTPResponse(status: other.status, headerFields: other.fields))
            }
            let freshened = stored.freshened(by: other.fields, requestTime: now, responseTime: now, rules: rules)
            _ = Freshness(of: freshened, now: now, rules).remaining
            _ = stored.updated(byHead: other.fields, requestTime: now, responseTime: now, rules: rules)
            if let extent = stored.joined(with: other) { _ = stored.grown(by: other, to: extent) }
            _ = ContentRange(of: stored.fields)?.text
            for length in [0, 1, 100, Int64.max] {
                guard let bytes = ByteRange(of: asked)?.resolved(length: length) else { continue }
                #expect(!bytes.isEmpty && bytes.lowerBound >= 0 && bytes.upperBound <= length, "\(asked) of \(length)")
            }
        }
    }

    @Test("What is served without asking, to a client that accepts nothing stale, is younger than its lifetime")
    mutating func fresh() {
        for _ in 0..<rounds {
            let rules = generator.rules(isShared: generator.random.chance(50))
            let stored = generator.stored()
            let asked = generator.fields()
            guard !CacheControl(asked).acceptsStale else { continue }
            if case .serve(let freshness, refreshes: false) = decision(stored, asked, after: 30, rules),
                !CacheControl(asked).onlyIfCached
            {
                #expect(freshness.age < freshness.lifetime, "\(stored) \(asked)")
            }
        }
    }

    @Test("no-store is never stored, wherever it stands")
    mutating func noStore() throws {
        let targeted = try #require(HTTPField.Name("CDN-Cache-Control"))
        for _ in 0..<rounds {
            var fields = generator.fields()
            fields.append(HTTPField(name: .cacheControl, value: "\(generator.directive()), no-store"))
            guard !fields.contains(targeted), !CacheControl(fields).mustUnderstand else { continue }
            #expect(
                !isStored(
                    generator.status(), fields, HTTPFields(), generator.rules(isShared: generator.random.chance(50))),
                "\(fields)")
        }
    }

    @Test("A directive that restricts never makes more served", arguments: ["must-revalidate", "no-cache", "no-store"])
    mutating func restrictions(directive: String) {
        for _ in 0..<rounds / 2 {
            let rules = generator.rules(isShared: generator.random.chance(50))
            let stored = generator.stored()
            var restricted = stored
            restricted.fields.append(HTTPField(name: .cacheControl, value: directive))
            let asked = generator.fields()
            let seconds = Int64(generator.random.number(0...200))
            if isServed(restricted, asked, after: seconds, rules) {
                #expect(isServed(stored, asked, after: seconds, rules), "\(stored) \(asked)")
            }
        }
    }

    @Test("What is served at some age was served at every age before")
    mutating func ageing() {
        for _ in 0..<rounds / 2 {
            let rules = generator.rules(isShared: generator.random.chance(50))
            let stored = generator.stored()
            let asked = generator.fields()
            let earlier = Int64(generator.random.number(0...150))
            let later = earlier + Int64(generator.random.number(0...150))
            if isServed(stored, asked, after: later, rules) {
                #expect(isServed(stored, asked, after: earlier, rules), "\(stored) \(asked) \(earlier) \(later)")
            }
        }
    }

    @Test("A shared cache stores nothing that a private one refuses, but for what speaks to shared caches alone")
    mutating func shared() throws {
        let targeted = try #require(HTTPField.Name("CDN-Cache-Control"))
        for _ in 0..<rounds {
            let fields = generator.fields()
            let asked = generator.fields()
            let status = generator.status()
            guard !fields.contains(targeted), CacheControl(fields).sharedMaxAge == nil,
                isStored(status, fields, asked, .shared)
            else { continue }
            #expect(isStored(status, fields, asked, .single), "\(fields)")
        }
    }

    @Test("A shared cache serves no cookie and nothing private that it was not told to share")
    mutating func ofOneUser() {
        for _ in 0..<rounds {
            var stored: StoredResponse
            let first = generator.fields()
            guard case .storable(let kept) = storability(200, first, HTTPFields(), .shared) else { continue }
            stored = kept
            stored = stored.freshened(
                by: generator.fields(), requestTime: Exchange.start, responseTime: Exchange.start, rules: .shared)
            guard isServed(stored, HTTPFields(), after: 0, .shared), !stored.fields[values: .setCookie].isEmpty else {
                continue
            }
            // A targeted field stands in for Cache-Control.
            let said = stored.fields.map { "\($0.name): \($0.value)" }.joined(separator: ",").lowercased()
            #expect(["public", "s-maxage", "max-age", "expires"].contains { said.contains($0) }, "\(stored)")
            #expect(!isServed(stored, HTTPFields(), after: 0, .withoutCookies), "\(stored)")
        }
    }

    @Test("What is stored and what is missing are the bytes that are wanted, each once")
    mutating func completing() throws {
        var completions = 0
        for _ in 0..<rounds {
            let length = Int64(generator.random.number(1...12))
            let first = Int64.random(in: 0..<length, using: &generator.random)
            let last = Int64.random(in: first..<length, using: &generator.random)
            let stored = try Exchange.stored(
                ["Cache-Control: max-age=60", "ETag: \"a\"", "Content-Range: bytes \(first)-\(last)/\(length)"],
                status: 206)
            let ends = (generator.random.number(0...13), generator.random.number(0...13))
            let range =
                ["bytes=\(ends.0)-\(ends.1)", "bytes=\(ends.0)-", "bytes=-\(ends.1)"]
                .randomElement(using: &generator.random) ?? ""
            let request = Exchange.request(generator.random.chance(30) ? [] : ["Range: \(range)"])
            guard let completion = Completion(of: stored, for: request, rules: .shared) else { continue }
            completions += 1
            let known = completion.wanted.clamped(to: first..<last + 1)
            #expect(!completion.missing.isEmpty && !known.isEmpty && !completion.missing.overlaps(known))
            #expect(Set(known).union(completion.missing) == Set(completion.wanted))
            #expect(stored.outcome(asking: request.headerFields.map { "\($0.name): \($0.value)" }) != .serve)
            let rest = ByteRange(of: completion.request(request).headerFields)?.resolved(length: length)
            #expect(rest == completion.missing)
        }
        #expect(completions > 0)
    }

    @Test("Joined parts have the bytes that either had, and no others")
    mutating func joining() throws {
        var joins = 0
        for _ in 0..<rounds {
            let length = Int64(generator.random.number(1...12))
            let parts = try (0..<2).map { _ in
                let first = Int64.random(in: 0..<length, using: &generator.random)
                let last = Int64.random(in: first..<length, using: &generator.random)
                return try Exchange.stored(
                    ["Cache-Control: max-age=60", "ETag: \"a\"", "Content-Range: bytes \(first)-\(last)/\(length)"],
                    status: 206)
            }
            let held = parts.map { part in (0..<length).filter { byte in part.has(byte) } }
            guard let extent = parts[0].joined(with: parts[1]) else { continue }
            joins += 1
            let grown = parts[0].grown(by: parts[1], to: extent)
            #expect((0..<length).filter { grown.has($0) } == Set(held[0] + held[1]).sorted())
            #expect(grown.isComplete == (Set(held[0] + held[1]).count == Int(length)))
        }
        #expect(joins > 0)
    }
}

extension StoredResponse {
    /// Whether a request for this one byte is answered with it.
    fileprivate func has(_ byte: Int64) -> Bool { outcome(asking: ["Range: bytes=\(byte)-\(byte)"]) == .serve }
}

extension CacheControl {
    fileprivate var acceptsStale: Bool { maxStale != nil }
}
