extension SpreadBackend {
    package func begin(_ request: AcquireRequest) async throws -> Acquisition {
        try await parts[index(of: request)].begin(request)
    }

    package func begin(_ requests: [AcquireRequest]) async throws -> [Result<Acquisition, AcquireError>] {
        var places: [Int: [Int]] = [:]
        var results: [Result<Acquisition, AcquireError>?] = Array(repeating: nil, count: requests.count)
        for (place, request) in requests.enumerated() {
            do {
                places[try index(of: request), default: []].append(place)
            } catch {
                results[place] = .failure(error)
            }
        }
        for answer in try await begin(requests, at: places) {
            for (place, result) in zip(answer.places, answer.results) { results[place] = result }
        }
        return results.compactMap(\.self)
    }

    private struct Answer {
        let part: Int
        let places: [Int]
        let results: [Result<Acquisition, AcquireError>]
    }

    /// All parts at once. Where one cannot be asked, nobody learns what the others granted: it is given back.
    private func begin(_ requests: [AcquireRequest], at places: [Int: [Int]]) async throws -> [Answer] {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            for (part, places) in places {
                group.addTask {
                    let results = try await self.parts[part].begin(places.map { requests[$0] })
                    return Answer(part: part, places: places, results: results)
                }
            }
            var answers: [Answer] = []
            var failure: (any Error)?
            while let answer = await group.nextResult() {
                switch answer {
                case .success(let answer): answers.append(answer)
                case .failure(let error): failure = error
                }
            }
            guard let failure else { return answers }
            for answer in answers {
                for (place, result) in zip(answer.places, answer.results) {
                    await giveBack(result, to: requests[place], in: parts[answer.part])
                }
            }
            throw failure
        }
    }

    private func giveBack(
        _ result: Result<Acquisition, AcquireError>, to request: AcquireRequest, in part: ReplicatedBackend
    ) async {
        switch result {
        // Who asks under a key asks again.
        case .success(.decided(.granted(let grant))) where request.idempotencyKey == nil:
            part.enqueue([.giveBack(grant, to: request)])
        case .success(.pending(let pending)):
            let waiting = Task { try await pending.decision() }
            waiting.cancel()
            _ = await waiting.result
        default: break
        }
    }
}
