/// The keys of one kind of object, long and short names, and the fields they stand for.
///
/// Objects of one kind mostly have the same order of keys. So after each key the one that followed last
/// time is compared first, with its quotes and colon, as whole words; only when that fails the key is
/// read and looked up. Keys are always compared in full.
struct KeyMap: ~Copyable {
    static let unknown: UInt8 = 0xFF
    /// Fields are bits of a word.
    static let fieldsMax = 64

    struct Entry {
        /// `"name":` in four words, and which bits of them count.
        var quoted: (UInt64, UInt64, UInt64, UInt64)
        var masks: (UInt64, UInt64, UInt64, UInt64)
        var quotedCount: Int
        var name: ShortText
        var field: UInt8
    }

    let entries: UnsafeMutableBufferPointer<Entry>
    /// For each entry (and, at the end, for the opening bracket) the entry that followed last time.
    let successors: UnsafeMutableBufferPointer<UInt8>
    let names: [String]

    /// Each field's long and short name, in the order of the wire; the position is the field.
    init(_ fields: [(long: String, short: String)]) {
        precondition(fields.count <= Self.fieldsMax, "a field is a bit of a word")
        names = fields.map(\.long)
        let long = fields.enumerated().map { ($0.element.long, UInt8($0.offset)) }
        let short = fields.enumerated().filter { $0.element.short != $0.element.long }
            .map { ($0.element.short, UInt8($0.offset)) }
        let all = long + short
        entries = .allocate(capacity: all.count)
        successors = .allocate(capacity: all.count + 1)
        for (index, (name, field)) in all.enumerated() {
            entries.initializeElement(at: index, to: Self.entry(name, field))
            let next = index + 1
            successors.initializeElement(at: index, to: UInt8(next == all.count ? 0 : next))
        }
        successors.initializeElement(at: all.count, to: 0)
    }

    deinit {
        entries.deallocate()
        successors.deallocate()
    }

    /// Where the successor of the opening bracket stands.
    @inline(__always)
    var opening: Int { entries.count }

    private static func entry(_ name: String, _ field: UInt8) -> Entry {
        precondition(name.utf8.count <= ShortText.bytesMax, "a name has at most \(ShortText.bytesMax) bytes")
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var masks: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let quoted = Array("\"\(name)\":".utf8)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: quoted) }
        withUnsafeMutableBytes(of: &masks) { bytes in
            for index in quoted.indices { bytes[index] = 0xFF }
        }
        return Entry(
            quoted: words, masks: masks, quotedCount: quoted.count, name: ShortText(name), field: field)
    }

    /// True, and moved behind the colon, when the scanner stands before exactly this key.
    @inline(__always)
    func isNext(_ index: Int, _ scanner: inout JSONScanner) -> Bool {
        guard let entry = entries.baseAddress?.advanced(by: index) else { return false }
        let at = scanner.position
        let count = entry.pointee.quotedCount
        // Whole words only: at the very end of a message the slower way remains.
        guard at &+ ((count &+ 7) & ~7) <= scanner.end else { return false }
        var difference = (scanner.word(at) ^ entry.pointee.quoted.0) & entry.pointee.masks.0
        if count > 8 {
            difference |= (scanner.word(at &+ 8) ^ entry.pointee.quoted.1) & entry.pointee.masks.1
            if count > 16 {
                difference |= (scanner.word(at &+ 16) ^ entry.pointee.quoted.2) & entry.pointee.masks.2
                if count > 24 {
                    difference |= (scanner.word(at &+ 24) ^ entry.pointee.quoted.3) & entry.pointee.masks.3
                }
            }
        }
        guard difference == 0 else { return false }
        scanner.position = at &+ count
        return true
    }

    /// The entry with this name, or nil.
    @inline(never)
    func lookUp(_ name: ShortText) -> Int? {
        for index in entries.indices where entries[index].name == name { return index }
        return nil
    }
}
