extension JournalDisk {
    func write(_ bytes: [UInt8], to name: String, at offset: Int) throws(DiskFailure) {
        let failure: DiskFailure? = bytes.withUnsafeBytes { pointer in
            do throws(DiskFailure) {
                try write(pointer, to: name, at: offset)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Fewer bytes than `count` at the file's end.
    func read(_ name: String, at offset: Int, count: Int) throws(DiskFailure) -> [UInt8] {
        var failure: DiskFailure?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(DiskFailure) {
                initialized = try read(name, at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
