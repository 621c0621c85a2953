/// A request for data as the exchange sees it.
package struct RESTCall: Sendable, Equatable {
    package var path: String
    package var query: [String: String]
    /// The caller's address without its port: limits are counted by it.
    package var address: String
    /// Browsers send an Origin header, which the exchange punishes.
    package var hasOrigin: Bool

    package init(
        _ path: String, _ query: [String: String] = [:], address: String = "127.0.0.1",
        hasOrigin: Bool = false
    ) {
        self.path = path
        self.query = query
        self.address = address
        self.hasOrigin = hasOrigin
    }
}

/// The exchange's answer, and what faults do to it.
package struct RESTReply: Sendable, Equatable {
    package struct Header: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package var status: Int
    package var headers: [Header] = []
    package var body: [UInt8]
    /// Answered so much later.
    package var delayMilliseconds: Int64 = 0
    /// Never answered; the connection stays open.
    package var hangs = false

    package init(status: Int = 200, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    mutating func add(_ name: String, _ value: String) {
        headers.append(Header(name: name, value: value))
    }
}
