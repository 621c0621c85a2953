/// Received bytes that are not used yet. It grows while one frame needs it, and shrinks when it is empty.
final class ReceiveBuffer {
    private let usualBytes: Int
    private let bytesMax: Int
    private var storage: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0

    init(usualBytes: Int, bytesMax: Int) {
        self.usualBytes = usualBytes
        self.bytesMax = max(usualBytes, bytesMax)
        storage = .allocate(byteCount: usualBytes, alignment: 16)
    }

    deinit {
        storage.deallocate()
    }

    var count: Int { end - start }

    /// What has come and was not used.
    var filled: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: storage[start..<end])
    }

    /// Room to read into; empty when the buffer is full at its bound. `expected` is the length of the
    /// frame under way: memory follows what has really come, never what a peer merely announces.
    func room(expected: Int) -> UnsafeMutableRawBufferPointer {
        if start == end {
            start = 0
            end = 0
            if storage.count > usualBytes { resize(to: usualBytes) }
        } else if end == storage.count, start > 0 {
            let rest = UnsafeRawBufferPointer(filled)
            storage.copyMemory(from: rest)
            end -= start
            start = 0
        }
        if end == storage.count, storage.count < bytesMax {
            resize(to: min(bytesMax, max(storage.count * 2, min(expected, storage.count * 4))))
        }
        return UnsafeMutableRawBufferPointer(rebasing: storage[end...])
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let space = room(expected: 0)
            guard !space.isEmpty else { return }
            let part = min(space.count, rest.count)
            space.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<part]))
            received(part)
            rest = UnsafeRawBufferPointer(rebasing: rest[part...])
        }
    }

    func received(_ bytes: Int) {
        end += bytes
    }

    func use(_ bytes: Int) {
        start += bytes
    }

    private func resize(to bytes: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(filled))
        storage.deallocate()
        storage = larger
        end -= start
        start = 0
    }
}
