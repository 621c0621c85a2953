/// Reads everything, compares every checksum, and looks whether any frame is missing between.
package struct JournalVerifier {
    private let inspector: JournalInspector

    package init(_ inspector: JournalInspector) {
        self.inspector = inspector
    }

    package func run() throws -> VerificationReport {
        var report = VerificationReport()
        let segments = try inspector.segments()
        report.segments = segments.count
        report.unsealed = segments.count { !$0.isSealed }
        report.fileBytes = segments.reduce(0) { $0 + $1.fileBytes }
        var framesOf: [String: Int] = [:]
        var last: UInt64?
        try inspector.read(FrameSelection()) { item in
            switch item {
            case .frames(let batch):
                guard let segment = segments.last(where: { $0.firstSequence <= batch.firstSequence }) else {
                    return true
                }
                if let last { note(from: last, to: batch.firstSequence, in: segment, &report) }
                last = batch.lastSequence
                framesOf[segment.name, default: 0] += batch.count
                report.frames += batch.count
                report.rawBytes += batch.byteCount
            case .damage(let place): report.damages.append(place)
            case .unfinished(let place): report.unfinished = place
            }
            return true
        }
        for segment in segments {
            if segment.salt == nil {
                report.disagreements.append("\(segment.name): the header is damaged")
            }
            if segment.frames == 0, segment.name != segments.last?.name {
                report.disagreements.append("\(segment.name): nothing in it can be read")
            }
            if segment.isSealed, framesOf[segment.name, default: 0] != segment.frames {
                report.disagreements.append(
                    "\(segment.name): the index counts \(segment.frames) frames, "
                        + "\(framesOf[segment.name, default: 0]) can be read")
            }
        }
        return report
    }

    /// A step between numbers is a loss unless the later segment was begun with it.
    private func note(
        from last: UInt64, to first: UInt64, in segment: SegmentListing, _ report: inout VerificationReport
    ) {
        guard first > last + 1 else { return }
        let previous = segment.previousSequence ?? (segment.firstSequence - 1)
        let end = first == segment.firstSequence ? min(previous, first - 1) : first - 1
        if end > last { report.holes.append(JournalHole(.gone, first: last + 1, last: end)) }
    }
}
