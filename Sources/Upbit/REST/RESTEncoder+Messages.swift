import Market

extension RESTEncoder {
    /// REST's tickers have neither sides nor states, and dates of both clocks.
    package static func tickers(_ tickers: [Ticker]) -> [UInt8] {
        rows(tickers.map { ticker -> Message in .ticker(restOnly(ticker)) }) { ticker, writer in
            guard case .ticker(let ticker) = ticker else { return }
            let korean = CivilTime(ticker.tradeTime.adding(seconds: Instant.koreanOffsetSeconds))
            writer.key("trade_date_kst")
            writer.string(korean.date.compactText)
            writer.key("trade_time_kst")
            writer.string(korean.text.dropFirst(11).prefix(8).filter { $0 != ":" })
        }
    }

    package static func orderBooks(_ books: [OrderBook]) -> [UInt8] {
        rows(
            books.map { book -> Message in
                var book = book
                book.streamType = nil
                book.level = book.level ?? .zero
                return .orderBook(book)
            }
        ) { _, _ in }
    }

    /// What a ticker loses over REST.
    package static func restOnly(_ ticker: Ticker) -> Ticker {
        var ticker = ticker
        ticker.side = nil
        ticker.accAskVolume = nil
        ticker.accBidVolume = nil
        ticker.marketState = nil
        ticker.isTradingSuspended = nil
        ticker.hasWarning = nil
        ticker.delistingDate = nil
        ticker.streamType = nil
        return ticker
    }

    /// The error of a quotation request: the name is the status. Exchange requests name theirs.
    package static func error(status: Int, name: String? = nil, message: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.open(0x7B)
        writer.key("error")
        writer.open(0x7B)
        writer.key("name")
        if let name { writer.string(name) } else { writer.integer(Int64(status)) }
        writer.key("message")
        writer.string(message)
        writer.close(0x7D)
        writer.close(0x7D)
        return writer.bytes
    }

    /// The body of a 429, which is no JSON.
    package static let tooManyRequests = Array("Too many API requests.".utf8)

    /// The body of a 418, whose layout nobody has confirmed.
    package static func banned(seconds: Int64, _ questions: OpenQuestions = OpenQuestions()) -> [UInt8] {
        let text = "This address is blocked for \(seconds) seconds."
        return questions.banAnswer == .plainText ? Array(text.utf8) : error(status: 418, message: text)
    }

    /// The message's own fields without a type, the code under REST's name.
    private static func rows(
        _ messages: [Message], _ extra: (Message, inout JSONWriter) -> Void
    ) -> [UInt8] {
        let encoder = MessageEncoder(format: .full)
        var writer = JSONWriter()
        writer.open(0x5B)
        for message in messages {
            writer.open(0x7B)
            encoder.appendFields(message, to: &writer, isREST: true)
            extra(message, &writer)
            writer.close(0x7D)
        }
        writer.close(0x5D)
        return writer.bytes
    }
}
