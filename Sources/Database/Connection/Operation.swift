/// One exchange with the server, advanced as far as it goes without waiting.
///
/// An operation that ends, with a value or with an error, has read every answer to what it sent,
/// unless the connection is lost.
protocol Operation {
    associatedtype Output

    mutating func advance(_ link: Link) throws(DatabaseError) -> Step<Output>

    /// Called once when the server has been asked to cancel, before the operation is advanced to its end.
    mutating func interrupt(_ link: Link)
}

extension Operation {
    mutating func interrupt(_ link: Link) {}
}

/// Where an operation stands.
enum Step<Output> {
    case wait(Readiness)
    case done(Output)
    /// Have the server cancel what it does, then advance to the end; the error is the outcome.
    case stop(DatabaseError)
}
