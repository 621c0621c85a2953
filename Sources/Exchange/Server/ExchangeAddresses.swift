/// Where a running exchange is: the line of JSON that it prints when it is ready.
package struct ExchangeAddresses: Sendable, Equatable {
    package let websocket: String
    package let rest: String
    package let control: String
    /// The PEM file of the authority that signed the exchange's certificate; with TLS only.
    package let ca: String?

    package var json: String {
        let tail = ca.map { ",\"ca\":\"\($0)\"" } ?? ""
        return "{\"websocket\":\"\(websocket)\",\"rest\":\"\(rest)\",\"control\":\"\(control)\"\(tail)}"
    }
}
