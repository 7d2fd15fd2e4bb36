/// One condition of a `filter=`; all conditions of a filter hold together.
enum WorkCondition: Equatable {
    case years([ClosedRange<Int>])
    case publishedFrom(String)
    case publishedTo(String)
    case openAccess(Bool)
    case dois([String])
    case topics(Set<String>)
    case words(String)

    /// Whether a work meets the condition; words and DOIs are looked up in the catalog instead.
    func holds(for work: Work) -> Bool {
        switch self {
        case .years(let ranges): work.year.map { year in ranges.contains { $0.contains(year) } } ?? false
        case .publishedFrom(let date): work.date.map { $0 >= date } ?? false
        case .publishedTo(let date): work.date.map { $0 <= date } ?? false
        case .openAccess(let wanted): work.isOpenAccess == wanted
        case .topics(let ids): work.topics.contains { ids.contains($0.id) }
        case .words, .dois: true
        }
    }
}
