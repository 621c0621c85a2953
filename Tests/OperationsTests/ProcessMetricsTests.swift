import Operations
import Testing

@Suite struct ProcessMetricsTests {
    @Test func theSystemsFiguresOfThisProcessAreTold() throws {
        let families = ProcessMetrics.families()
        let memory = try #require(families.first { $0.name == "process_resident_memory_bytes" })
        // A test process is larger than a megabyte and smaller than the machine.
        #expect((1e6...1e13).contains(memory.samples[0].value))
        let time = try #require(families.first { $0.name == "process_cpu_seconds_total" })
        #expect(time.kind == .counter && time.samples[0].value > 0)
    }
}
