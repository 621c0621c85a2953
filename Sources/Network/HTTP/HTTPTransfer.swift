import CCurl

/// One call on its way through libcurl. Belongs to the client's thread once it is started.
final class HTTPTransfer: @unchecked Sendable {
    /// The header lines of an answer.
    private static let headBytesMax = 65_536

    let call: HTTPCall
    private(set) var easy: UnsafeMutableRawPointer?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var head = HTTPHeaders()
    private var headBytes = 0
    private var body: [UInt8] = []
    private var overflow: NetworkError?
    private(set) var hasFirstByte = false
    private(set) var firstByteDeadline: Int64 = 0
    private let complete: @Sendable (Result<HTTPAnswer, NetworkError>) -> Void

    init(_ call: HTTPCall, complete: @escaping @Sendable (Result<HTTPAnswer, NetworkError>) -> Void) {
        self.call = call
        self.complete = complete
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        if let easy { curl_easy_cleanup(easy) }
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// Why the call cannot be made at all.
    static func refusal(of call: HTTPCall) -> NetworkError? {
        guard call.address.scheme == .http || call.address.scheme == .https else {
            return NetworkError(
                .invalidRequest, "the address is not http or https", at: "\(call.address)",
                remedy: "Give the address of the REST interface.")
        }
        guard call.headers["Origin"] == nil else {
            return NetworkError(
                .invalidRequest, "an Origin header was given", at: "\(call.address)",
                remedy: "Leave it out: the exchange allows one call in ten seconds with it.")
        }
        guard call.headers.isSendable, !call.method.isEmpty,
            call.method.utf8.allSatisfy(HTTPHeaders.isTokenByte)
        else {
            return NetworkError(
                .invalidRequest, "a header or the method holds a character that cannot be sent",
                at: "\(call.address)", remedy: "Check the key or token that stands in it.")
        }
        return nil
    }

    func prepare() -> UnsafeMutableRawPointer? {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        let address = call.address
        let shownHost = address.host.contains(":") ? "[\(address.host)]" : address.host
        let url = "\(address.scheme.rawValue)://\(shownHost):\(address.port)\(address.target)"
        yeoul_curl_set_text(easy, CURLOPT_URL, url)
        yeoul_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        yeoul_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        // Without a proxy of the environment: the WebSocket beside it takes none either.
        yeoul_curl_set_text(easy, CURLOPT_PROXY, "")
        yeoul_curl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
        yeoul_curl_set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        yeoul_curl_set_text(easy, CURLOPT_ACCEPT_ENCODING, "gzip")
        yeoul_curl_set_text(easy, CURLOPT_USERAGENT, "yeoul")
        // A name is looked up again for each new connection.
        yeoul_curl_set_long(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0)
        yeoul_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(call.connectMillisecondsMax))
        yeoul_curl_set_long(easy, CURLOPT_TIMEOUT_MS, Int(call.totalMillisecondsMax))
        yeoul_curl_set_long(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if case .authorities(let file) = call.trust {
            yeoul_curl_set_text(easy, CURLOPT_CAINFO, file)
        }
        yeoul_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        let user = Unmanaged.passUnretained(self).toOpaque()
        yeoul_curl_set_sink(easy, CURLOPT_WRITEFUNCTION, Self.bodySink)
        yeoul_curl_set_pointer(easy, CURLOPT_WRITEDATA, user)
        yeoul_curl_set_sink(easy, CURLOPT_HEADERFUNCTION, Self.headSink)
        yeoul_curl_set_pointer(easy, CURLOPT_HEADERDATA, user)
        yeoul_curl_set_pointer(easy, CURLOPT_PRIVATE, user)
        setMethodAndBody(easy)
        firstByteDeadline = Monotonic.nanoseconds() + call.firstByteMillisecondsMax * 1_000_000
        return easy
    }

    private func setMethodAndBody(_ easy: UnsafeMutableRawPointer) {
        if call.method == "HEAD" {
            yeoul_curl_set_long(easy, CURLOPT_NOBODY, 1)
        } else if !call.body.isEmpty || call.method != "GET" {
            call.body.withUnsafeBytes { bytes in
                yeoul_curl_set_long(easy, CURLOPT_POSTFIELDSIZE, bytes.count)
                // Copied by libcurl at once.
                var copy = Array(bytes)
                if copy.isEmpty { copy = [0] }
                copy.withUnsafeMutableBytes { raw in
                    _ = yeoul_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, raw.baseAddress)
                }
            }
            yeoul_curl_set_text(easy, CURLOPT_CUSTOMREQUEST, call.method)
        }
        headerList = curl_slist_append(headerList, "Host: \(call.address.authority)")
        headerList = curl_slist_append(headerList, "Expect:")
        for field in call.headers.fields {
            headerList = curl_slist_append(headerList, "\(field.name): \(field.value)")
        }
        yeoul_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
    }

    // MARK: what libcurl brings

    private static let bodySink: yeoul_curl_sink = { bytes, size, count, user in
        guard let user, let bytes else { return 0 }
        let transfer = Unmanaged<HTTPTransfer>.fromOpaque(user).takeUnretainedValue()
        return transfer.take(body: UnsafeRawBufferPointer(start: bytes, count: size * count))
    }

    private static let headSink: yeoul_curl_sink = { bytes, size, count, user in
        guard let user, let bytes else { return 0 }
        let transfer = Unmanaged<HTTPTransfer>.fromOpaque(user).takeUnretainedValue()
        return transfer.take(head: UnsafeRawBufferPointer(start: bytes, count: size * count))
    }

    /// What it returns tells libcurl to go on, or (0) to end the transfer.
    private func take(body bytes: UnsafeRawBufferPointer) -> Int {
        guard body.count + bytes.count <= call.bodyBytesMax else {
            overflow = NetworkError(
                .tooLarge, "the answer is larger than the bound of \(call.bodyBytesMax) bytes",
                at: "\(call.address)", remedy: "Ask for less at once.")
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func take(head bytes: UnsafeRawBufferPointer) -> Int {
        hasFirstByte = true
        headBytes += bytes.count
        guard headBytes <= Self.headBytesMax else {
            overflow = NetworkError(
                .tooLarge, "the answer's headers are larger than \(Self.headBytesMax) bytes",
                at: "\(call.address)", remedy: "Check the address: something else may answer there.")
            return 0
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // The head of the final answer replaces that of a "100 Continue".
            head = HTTPHeaders()
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].filter { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
            head.add(String(line[..<colon]), HTTPHeaders.trimmed(value))
        }
        return bytes.count
    }

    // MARK: the end

    func finish(with failure: NetworkError) {
        complete(.failure(failure.at("\(call.address)")))
    }

    /// `result` is libcurl's code.
    func finish(result: Int32) {
        guard let easy else { return }
        guard result == Int32(CURLE_OK.rawValue) else {
            finish(with: overflow ?? HTTPFailure.error(result, of: self, easy: easy, detail: errorText))
            return
        }
        let total = yeoul_curl_get_offset(easy, CURLINFO_TOTAL_TIME_T)
        let ready = yeoul_curl_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T)
        let first = yeoul_curl_get_offset(easy, CURLINFO_STARTTRANSFER_TIME_T)
        complete(
            .success(
                HTTPAnswer(
                    status: yeoul_curl_get_long(easy, CURLINFO_RESPONSE_CODE), headers: head, body: body,
                    receivedAt: .now(), totalMicroseconds: Int64(total),
                    waitMicroseconds: Int64(max(0, first - ready)),
                    reusedConnection: yeoul_curl_get_long(easy, CURLINFO_NUM_CONNECTS) == 0)))
    }
}
