/// The label of a REST page: which market it was asked for, and the request's path and query.
package struct RestLabel: Sendable, Equatable {
    package var market: String
    package var request: String

    package init(market: String, request: String) {
        self.market = market
        self.request = request
    }

    /// Nil when the label is not one of a REST page.
    package init?(_ label: some Collection<UInt8>) {
        guard let blank = label.firstIndex(of: UInt8(ascii: " ")), blank != label.startIndex else {
            return nil
        }
        market = String(decoding: label[..<blank], as: UTF8.self)
        request = String(decoding: label[label.index(after: blank)...], as: UTF8.self)
    }

    /// As it stands in the frame: the market, a blank, the request.
    package var text: String { "\(market) \(request)" }
}
