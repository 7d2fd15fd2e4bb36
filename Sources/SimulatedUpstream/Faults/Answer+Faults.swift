import HTTPTypes

extension Answer {
    /// The same, but with one byte more announced than there is.
    var overstated: Answer {
        var answer = self
        answer.headers[.contentLength] = String(length + 1)
        return answer
    }

    /// A success of the same type whose length is not told, so that it need not have an end.
    var unbounded: Answer {
        var answer = self
        answer.status = .ok
        answer.headers[.location] = nil
        answer.headers[.contentLength] = nil
        return answer
    }

    /// A success of the same type that unpacks to far more than comes over the network.
    var bomb: Answer {
        var answer = unbounded
        answer.body = [GzipBomb.file]
        answer.headers[.contentEncoding] = "gzip"
        answer.headers[.contentLength] = String(answer.length)
        return answer
    }
}
