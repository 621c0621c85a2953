/// A frame inside a batch. Its bytes are valid during the call that it is given to, only.
package struct JournalFrame {
    package let head: FrameHead
    package let label: UnsafeRawBufferPointer
    package let payload: UnsafeRawBufferPointer

    package var sequence: UInt64 { head.sequence }
    package var labelText: String { String(decoding: label, as: UTF8.self) }
}
