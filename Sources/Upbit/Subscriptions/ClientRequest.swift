import Market

/// A client's text frame as the exchange understands it: the built-in exchange's side of
/// `SubscriptionRequest`.
package enum ClientRequest: Hashable, Sendable {
    case subscribe(ticket: String, [Subscription], format: WireFormat?)
    case list(ticket: String, format: WireFormat?)

    /// Reads a request, or says how the exchange refuses it. `isListed` knows the markets there are.
    package static func read(
        _ bytes: UnsafeRawBufferPointer, _ questions: OpenQuestions = OpenQuestions(),
        isListed: (Symbol) -> Bool = { _ in true }
    ) -> Result<ClientRequest, RefusedRequest> {
        guard let base = bytes.baseAddress, bytes.count <= questions.requestBytesMax else {
            return .failure(.wrongFormat)
        }
        var scanner = JSONScanner(base, from: 0, to: bytes.count)
        do throws(JSONFault) {
            scanner.skipWhitespace()
            let elements = try scanner.list(countMax: questions.codesMax) { (scanner) throws(JSONFault) in
                try ClientRequestElement.read(&scanner)
            }
            try scanner.finish()
            return assemble(elements, questions, isListed)
        } catch {
            return .failure(.wrongFormat)
        }
    }

    private static func assemble(
        _ elements: [ClientRequestElement], _ questions: OpenQuestions, _ isListed: (Symbol) -> Bool
    ) -> Result<ClientRequest, RefusedRequest> {
        guard let ticket = elements.lazy.compactMap(\.ticket).first else { return .failure(.noTicket) }
        var format: WireFormat?
        for name in elements.compactMap(\.format) {
            guard let known = WireFormat(rawValue: name) else { return .failure(.wrongFormat) }
            format = known
        }
        if let method = elements.lazy.compactMap(\.method).first {
            guard method == "LIST_SUBSCRIPTIONS" else { return .failure(.invalidParameter) }
            return .success(.list(ticket: ticket, format: format))
        }
        let wanted = elements.filter { $0.type != nil }
        guard !wanted.isEmpty else { return .failure(.noType) }
        var subscriptions: [Subscription] = []
        var codesLeft = questions.codesMax
        for element in wanted {
            guard let type = element.type, let channel = Channel(typeName: type) else {
                return .failure(.invalidParameter)
            }
            guard let codes = element.codes, !codes.isEmpty else { return .failure(.noCodes) }
            codesLeft -= codes.count
            guard codesLeft >= 0 else { return .failure(.invalidParameter) }
            var known = element.subscriptions(channel, codes, questions)
            for index in known.indices { known[index].symbols.removeAll { !isListed($0) } }
            let count = known.reduce(0) { $0 + $1.symbols.count }
            if count < codes.count, questions.unknownCode == .invalidParameter {
                return .failure(.invalidParameter)
            }
            subscriptions += known.filter { !$0.symbols.isEmpty }
        }
        return .success(.subscribe(ticket: ticket, subscriptions, format: format))
    }
}

/// Why the exchange refuses a request on the socket.
package enum RefusedRequest: String, Error, CaseIterable, Hashable, Sendable {
    case invalidAuthentication = "INVALID_AUTH"
    case wrongFormat = "WRONG_FORMAT"
    case noTicket = "NO_TICKET"
    case noType = "NO_TYPE"
    case noCodes = "NO_CODES"
    case invalidParameter = "INVALID_PARAM"
    case tooManyRequests = "TOO_MANY_REQUEST"

    package var message: RefusalMessage {
        let text =
            switch self {
            case .invalidAuthentication: "인증 정보가 올바르지 않습니다."
            case .wrongFormat: "Format 이 맞지 않습니다."
            case .noTicket: "티켓이 존재하지 않습니다."
            case .noType: "type 필드가 존재하지 않습니다."
            case .noCodes: "codes 필드가 존재하지 않습니다."
            case .invalidParameter: "파라미터 값이 올바르지 않습니다."
            case .tooManyRequests: "요청 수 제한을 초과했습니다."
            }
        return RefusalMessage(name: rawValue, message: text)
    }
}
