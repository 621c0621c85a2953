/// Which TCP port the server listens on.
package struct PortChoice: Equatable, Sendable {
    package let port: Int
    /// The port that was kept from earlier starts and is taken now, when another had to be chosen.
    package let lost: Int?

    package init(port: Int, lost: Int?) {
        self.port = port
        self.lost = lost
    }

    /// A port that was asked for is taken or refused; one that we chose ourselves is kept while it is free.
    ///
    /// `free` answers a port that can be had: the one asked for, any for 0, or nil.
    package static func choose(asked: Int, kept: Int?, free: (Int) -> Int?) throws -> PortChoice {
        if asked != 0 {
            guard free(asked) != nil else {
                throw ClusterError(
                    .portTaken, "port \(asked) of 127.0.0.1 is taken by another program",
                    place: "database.port",
                    remedy: "End that program (ss -ltnp shows it), name another port, or 0 for any free one")
            }
            return PortChoice(port: asked, lost: nil)
        }
        if let kept, free(kept) != nil { return PortChoice(port: kept, lost: nil) }
        guard let any = free(0) else {
            throw ClusterError(
                .portTaken, "no TCP port of 127.0.0.1 can be had", place: "database.port",
                remedy: "Check that the loopback interface is up")
        }
        return PortChoice(port: any, lost: kept)
    }
}
