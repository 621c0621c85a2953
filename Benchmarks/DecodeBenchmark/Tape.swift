import CSimdjson

/// Recorded frames one after another in memory, each with the padding behind it that simdjson wants.
final class Tape {
    let memory: UnsafeMutableRawBufferPointer
    private(set) var frames: [UnsafeRawBufferPointer] = []

    init(_ frames: [[UInt8]]) {
        let padding = Int(CS_PADDING)
        memory = .allocate(byteCount: frames.reduce(0) { $0 + $1.count + padding }, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        var at = 0
        for frame in frames {
            let place = UnsafeMutableRawBufferPointer(rebasing: memory[at..<(at + frame.count)])
            place.copyBytes(from: frame)
            self.frames.append(UnsafeRawBufferPointer(place))
            at += frame.count + padding
        }
    }

    deinit { memory.deallocate() }

    var bytesMean: Int { frames.reduce(0) { $0 + $1.count } / max(frames.count, 1) }
}
