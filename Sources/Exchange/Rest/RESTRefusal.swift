import Upbit

/// A request that is answered with an error of the quotation kind: its name is the status.
enum RESTRefusal: Error {
    case invalid
    case mistyped
    case missing
    case unknownCode
    case unknownPath

    var reply: RESTReply {
        let (status, message) =
            switch self {
            case .invalid: (400, "Invalid parameter. Check the given value!")
            case .mistyped: (400, "Type mismatch error. Check the parameters type!")
            case .missing: (400, "Missing request parameter error. Check the required parameters!")
            case .unknownCode: (404, "Code not found")
            case .unknownPath: (404, "Not found")
            }
        return RESTReply(status: status, body: RESTEncoder.error(status: status, message: message))
    }
}
