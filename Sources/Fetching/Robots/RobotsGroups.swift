/// What the lines of robots.txt so far say to one crawler, group by group (RFC 9309, section 2.2.1).
struct RobotsGroups {
    private struct Section {
        var rules: Set<RobotsRule> = []
        var crawlDelay: Duration?
    }

    private let productToken: String
    /// All groups that name the product token, merged.
    private var own = Section()
    /// All other groups that name `*`, merged.
    private var general = Section()
    private var isNamedAnywhere = false

    /// Whom the present group is for.
    private var isForOwn = false
    private var isForAll = false
    /// Whether the present group has a rule, so that the next user-agent line starts another group. A crawl delay counts
    /// as a rule: what follows it is seldom meant for the same crawlers.
    private var hasRules = false

    init(productToken: String) {
        self.productToken = productToken
    }

    /// Without a group of its own the crawler obeys those for all.
    var rules: RobotsRules {
        let section = isNamedAnywhere ? own : general
        return RobotsRules(rules: section.rules, crawlDelay: section.crawlDelay)
    }

    /// Lines before the first user-agent line belong to no group and are ignored.
    mutating func read(_ line: RobotsLine) {
        switch line {
        case .userAgent(let name):
            open(for: name)
        case .rule(let isAllowing, let path):
            hasRules = true
            guard !path.isEmpty, isForOwn || isForAll else { return }
            let rule = RobotsRule(isAllowing: isAllowing, value: path)
            if isForOwn { own.rules.insert(rule) } else { general.rules.insert(rule) }
        case .crawlDelay(let text):
            hasRules = true
            guard let delay = Self.delay(parsing: text) else { return }
            if isForOwn {
                own.crawlDelay = max(own.crawlDelay ?? delay, delay)
            } else if isForAll {
                general.crawlDelay = max(general.crawlDelay ?? delay, delay)
            }
        }
    }

    /// A name counts up to the first octet that no product token has: `ExampleBot/1.2` names ExampleBot.
    private mutating func open(for name: ArraySlice<UInt8>) {
        if hasRules {
            isForOwn = false
            isForAll = false
            hasRules = false
        }
        if name.first == UInt8(ascii: "*"), name.dropFirst().first.map(RobotsLine.isWhiteSpace) ?? true {
            isForAll = true
        } else {
            let token = name.prefix(while: Self.isInProductToken)
            guard !token.isEmpty, token.equalsIgnoringCase(productToken.utf8) else { return }
            isForOwn = true
            isNamedAnywhere = true
        }
    }

    private static func isInProductToken(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// Seconds, perhaps with a fraction; at most a day. `nil` when it is anything else.
    private static func delay(parsing text: ArraySlice<UInt8>) -> Duration? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard text.allSatisfy({ digits.contains($0) || $0 == UInt8(ascii: ".") }),
            let seconds = Double(String(decoding: text, as: UTF8.self))
        else { return nil }
        return .seconds(min(seconds, 86_400))
    }
}
