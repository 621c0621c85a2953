import Synchronization

/// The segments there are, in order. The writer changes it; feeds on other threads look things up.
final class SegmentCatalogue: Sendable {
    private struct State {
        var segments: [SegmentSummary]
        /// Of the segment that is being written; those of sealed ones stand in their files.
        var activeIndex: SegmentIndex?
    }

    private let state: Mutex<State>
    /// The last frame that was on disk when the journal was opened.
    let endAtOpen: UInt64

    init(_ segments: [SegmentSummary], endAtOpen: UInt64) {
        state = Mutex(State(segments: segments))
        self.endAtOpen = endAtOpen
    }

    var all: [SegmentSummary] { state.withLock { $0.segments } }

    /// The first segment that holds `sequence` or something later, with where to start looking in it when
    /// that is known without opening the file.
    func segment(holding sequence: UInt64) -> (summary: SegmentSummary, offset: Int?)? {
        state.withLock { state in
            guard let place = state.segments.firstIndex(where: { $0.lastSequence >= sequence }) else {
                return nil
            }
            let isActive = place == state.segments.count - 1
            return (state.segments[place], isActive ? state.activeIndex?.offset(before: sequence) : nil)
        }
    }

    func summary(of name: String) -> SegmentSummary? {
        state.withLock { state in state.segments.last { $0.name == name } }
    }

    func add(_ summary: SegmentSummary) {
        state.withLock { state in
            state.segments.append(summary)
            state.activeIndex = nil
        }
    }

    /// The last segment has changed.
    func update(_ summary: SegmentSummary, index: SegmentIndex) {
        state.withLock { state in
            guard state.segments.last?.name == summary.name else { return }
            state.segments[state.segments.count - 1] = summary
            state.activeIndex = summary.isSealed ? nil : index
        }
    }

    func remove(_ name: String) {
        state.withLock { state in state.segments.removeAll { $0.name == name } }
    }
}
