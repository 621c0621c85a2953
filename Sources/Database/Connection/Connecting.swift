import CPostgres

/// Makes a connection on the calling thread, a helper's: libpq resolves names without regard to
/// non-blocking mode.
enum Connecting {
    static func run(
        _ options: ConnectionOptions, until deadline: ContinuousClock.Instant
    ) -> Result<Link, DatabaseError> {
        Result { () throws(DatabaseError) in try connect(options, until: deadline) }
    }

    private static func connect(
        _ options: ConnectionOptions, until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) -> Link {
        guard let handle = start(options) else {
            throw DatabaseError(.limit, "libpq has no memory for a connection", place: options.place)
        }
        let notices = NoticeBox()
        notices.attach(to: handle)
        let link = Link(handle: handle, options: options, notices: notices)
        // The verbose form is the only one that tells the SQLSTATE of a refused connection.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        if PQstatus(handle) == CONNECTION_BAD { throw ConnectFailure.error(link) }
        var polling = PGRES_POLLING_WRITING
        while polling != PGRES_POLLING_OK {
            if polling == PGRES_POLLING_FAILED { throw ConnectFailure.error(link) }
            let readiness: Readiness = polling == PGRES_POLLING_READING ? .readable : .writable
            let wait = Wait(descriptor: PQsocket(handle), readiness: readiness, deadline: deadline)
            if BlockingWaiter.wait(wait) == .timedOut { throw ConnectFailure.timeout(options) }
            polling = PQconnectPoll(handle)
        }
        PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
        guard PQsetnonblocking(handle, 1) == 0 else { throw ConnectFailure.error(link) }
        return link
    }

    private static func start(_ options: ConnectionOptions) -> OpaquePointer? {
        var parameters = options.parameters
        parameters["client_encoding"] = "UTF8"
        if parameters["application_name"] == nil { parameters["fallback_application_name"] = "yeoul" }
        // Without these a peer that vanished is noticed after hours only.
        for (keyword, value) in [
            "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3",
        ]
        where parameters[keyword] == nil {
            parameters[keyword] = value
        }
        let pairs = Array(parameters)
        return withCStrings(pairs.map(\.key)) { keywords in
            withCStrings(pairs.map(\.value)) { values in
                PQconnectStartParams(keywords, values, 0)
            }
        }
    }
}

/// Calls `body` with a NULL-terminated list of C strings.
func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R
) -> R {
    var bytes: [CChar] = []
    var offsets: [Int] = []
    for string in strings {
        offsets.append(bytes.count)
        bytes.append(contentsOf: string.utf8CString)
    }
    return bytes.withUnsafeBufferPointer { buffer in
        let pointers = offsets.map { offset in buffer.baseAddress.map { $0 + offset } } + [nil]
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
