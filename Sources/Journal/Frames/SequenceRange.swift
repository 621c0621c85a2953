/// The numbers that frames may have: from 1, and as far as a database's `bigint` goes, with room behind for
/// a leap at each start.
package enum SequenceRange {
    package static let last = UInt64(Int64.max) / 2
}
