/// A folder of files, as far as a journal needs one. `FolderDisk` is the real one; a simulation has its own
/// that tears and reorders what was not synced.
///
/// Each file is written by one thread; reading is allowed from any.
package protocol JournalDisk: Sendable {
    /// The names of all files, in any order.
    func names() throws(DiskFailure) -> [String]
    /// How long the file is now.
    func size(of name: String) throws(DiskFailure) -> Int
    /// Makes an empty file that is not there yet. It survives a crash once this has returned.
    func create(_ name: String) throws(DiskFailure)
    /// All bytes or a failure, after which any part of them may have been written.
    func write(_ bytes: UnsafeRawBufferPointer, to name: String, at offset: Int) throws(DiskFailure)
    /// What was written to the file before survives a crash once this has returned. After a failure nobody
    /// knows what does, also when a later call succeeds.
    func sync(_ name: String) throws(DiskFailure)
    /// Fills the buffer from `offset` on and returns how many bytes there were: fewer at the file's end.
    func read(_ name: String, at offset: Int, into buffer: UnsafeMutableRawBufferPointer)
        throws(DiskFailure) -> Int
    /// Cuts the file behind `size` bytes. Durable once `sync` has returned.
    func truncate(_ name: String, to size: Int) throws(DiskFailure)
    func remove(_ name: String) throws(DiskFailure)
    /// Bytes that we may still write.
    func freeBytes() throws(DiskFailure) -> Int
    /// The writer is done with the file: nothing is written to it any more.
    func finish(_ name: String)
}
