import COpenSSL

/// The SHA-256 of bytes that come in pieces, by libcrypto: an archive is gigabytes.
final class ContentDigest {
    private let context: OpaquePointer?
    private var isSound: Bool

    init() {
        context = EVP_MD_CTX_new()
        isSound = context != nil && EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    func add(_ bytes: UnsafeRawBufferPointer) {
        if isSound { isSound = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 }
    }

    /// 64 hexadecimal digits; call it once, at the end.
    func finish() throws(StorageError) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        if isSound { isSound = EVP_DigestFinal_ex(context, &digest, &count) == 1 }
        guard isSound, count == 32 else {
            throw StorageError(
                .archive, "libcrypto cannot compute a SHA-256", remedy: "Check its installation.")
        }
        return digest.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    static func of(_ bytes: [UInt8]) throws(StorageError) -> String {
        let digest = ContentDigest()
        bytes.withUnsafeBytes { digest.add($0) }
        return try digest.finish()
    }
}
