import Glibc

/// An address and a port to connect to or to listen at.
package struct SocketAddress: Sendable, Hashable {
    /// The system's form, `sockaddr_in` or `sockaddr_in6`.
    private let bytes: [UInt8]
    let family: Int32

    init(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
        bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(length)))
        family = Int32(address.pointee.sa_family)
    }

    /// A numeric address (`127.0.0.1`, `::1`), or nil when it is none.
    package init?(numeric host: String, port: UInt16) {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let first = list else { return nil }
        defer { freeaddrinfo(list) }
        guard let address = first.pointee.ai_addr else { return nil }
        self.init(address, length: first.pointee.ai_addrlen)
    }

    func withSystemAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
        bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return nil }
            return body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
    }

    /// The port, which the system chose when 0 was asked for.
    package var port: UInt16 {
        // Both families hold the port in network order after the two bytes of the family.
        UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    }

    /// The address without the port, as text.
    package var host: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let offset = family == AF_INET ? 4 : 8
        bytes.withUnsafeBytes { raw in
            guard raw.count > offset, let base = raw.baseAddress else { return }
            inet_ntop(family, base + offset, &text, socklen_t(text.count))
        }
        return text.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// The address that `descriptor` listens at (`peer` false) or is connected to.
    static func of(_ descriptor: Int32, peer: Bool) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let status =
                    peer
                    ? getpeername(descriptor, address, &length) : getsockname(descriptor, address, &length)
                return status == 0 ? SocketAddress(address, length: length) : nil
            }
        }
    }
}
