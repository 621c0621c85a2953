/// The two ways in which time tables are kept.
package enum EngineName: String, Sendable, CaseIterable {
    /// Hypertables of TimescaleDB.
    case timescale
    /// Range partitions of PostgreSQL.
    case native
}

/// What the configuration asks for.
package enum EngineChoice: String, Sendable, CaseIterable {
    /// TimescaleDB where the server has it.
    case automatic
    case timescale
    case native
}
