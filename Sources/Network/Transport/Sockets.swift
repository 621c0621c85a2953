import Glibc

/// The few socket calls that a client and a server need.
enum Sockets {
    /// Connections that the system holds for a server that has not taken them yet.
    static let backlogMax: Int32 = 1_024

    /// A socket on its way to `address`.
    static func startConnecting(to address: SocketAddress) throws(NetworkError) -> Int32 {
        let descriptor = try create(address.family)
        let status = address.withSystemAddress { connect(descriptor, $0, $1) } ?? -1
        if status != 0, errno != EINPROGRESS {
            let number = errno
            close(descriptor)
            throw NetworkError.system(number, during: "connecting")
        }
        return descriptor
    }

    /// Why a connection attempt ended: nil when it succeeded.
    static func connectFailure(of descriptor: Int32) -> NetworkError? {
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
        return number == 0 ? nil : .system(number, during: "connecting")
    }

    static func listen(at address: SocketAddress) throws(NetworkError) -> Int32 {
        let descriptor = try create(address.family)
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR)
        let bound = address.withSystemAddress { bind(descriptor, $0, $1) } ?? -1
        guard bound == 0, Glibc.listen(descriptor, backlogMax) == 0 else {
            let number = errno
            close(descriptor)
            throw NetworkError.system(number, during: "listening").at("\(address.host):\(address.port)")
        }
        return descriptor
    }

    /// The next connection, nil when none waits.
    static func accept(from listener: Int32) throws(NetworkError) -> Int32? {
        let descriptor = Glibc.accept(listener, nil, nil)
        if descriptor >= 0 {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
            return descriptor
        }
        switch errno {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: throw NetworkError.system(errno, during: "accepting")
        // The rest concerns the one connection that vanished again, or that none waits.
        default: return nil
        }
    }

    private static func create(_ family: Int32) throws(NetworkError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw NetworkError.system(errno, during: "opening a socket") }
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
        return descriptor
    }

    private static func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
        var one: Int32 = 1
        setsockopt(descriptor, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
    }
}
