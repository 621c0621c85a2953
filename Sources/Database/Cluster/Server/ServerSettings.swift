/// The server's `postgresql.conf`, written anew before each start.
package struct ServerSettings: Sendable, Equatable {
    private var lines: [(name: String, value: String)] = []

    package static func == (left: ServerSettings, right: ServerSettings) -> Bool { left.text == right.text }

    /// The settings as name → value, unquoted.
    package var values: [String: String] { Dictionary(lines.map { ($0.name, $0.value) }) { $1 } }

    package init(
        profile: ClusterProfile, machine: Machine, installation: Installation, socketFolder: String,
        port: Int,
        layout: ClusterLayout
    ) {
        addPlaces(socketFolder: socketFolder, port: port, layout: layout)
        addConstants()
        addLibraries(installation, profile: profile)
        switch profile {
        case .default: addDefaultProfile(machine)
        case .small: addSmallProfile()
        }
        // Last, so that it wins.
        add("include_if_exists", layout.customSettings)
    }

    private mutating func add(_ name: String, _ value: String) { lines.append((name, value)) }

    private mutating func addPlaces(socketFolder: String, port: Int, layout: ClusterLayout) {
        add("listen_addresses", "127.0.0.1")
        add("port", "\(port)")
        // A list of identifiers: quoted, so that blanks and commas are a part of the path.
        add("unix_socket_directories", "\"" + socketFolder.replacing("\"", with: "\"\"") + "\"")
        add("log_directory", layout.log)
    }

    /// What holds for every profile.
    private mutating func addConstants() {
        add("password_encryption", "scram-sha-256")
        // Never depends on the environment that we were started from.
        for category in ["messages", "monetary", "numeric", "time"] { add("lc_\(category)", "C") }
        add("timezone", "UTC")
        add("log_timezone", "UTC")
        add("datestyle", "iso, mdy")
        add("default_text_search_config", "pg_catalog.english")
        // Seven files, each begun anew when its weekday comes again: the log ends at a week.
        add("logging_collector", "on")
        add("log_filename", "%a.log")
        add("log_truncate_on_rotation", "on")
        add("log_rotation_age", "1d")
        add("log_rotation_size", "0")
        add("log_file_mode", "0640")
        add("log_line_prefix", "%m [%p] %q%u@%d %a ")
        add("log_lock_waits", "on")
        add("log_temp_files", "64MB")
        add("log_autovacuum_min_duration", "10s")
        add("wal_compression", "on")
        add("checkpoint_timeout", "15min")
        add("checkpoint_completion_target", "0.9")
        add("random_page_cost", "1.1")
        add("effective_io_concurrency", "200")
        add("track_io_timing", "on")
        // Eight years of daily partitions in one transaction take a lock each.
        add("max_locks_per_transaction", "512")
        // Compiling a query costs more than the short ones take, and memory in each backend.
        add("jit", "off")
    }

    private mutating func addLibraries(_ installation: Installation, profile: ClusterProfile) {
        var libraries: [String] = []
        if installation.hasTimescale { libraries.append("timescaledb") }
        if installation.hasStatementStatistics { libraries.append("pg_stat_statements") }
        add("shared_preload_libraries", libraries.joined(separator: ","))
        if installation.hasTimescale {
            add("timescaledb.telemetry_level", "off")
            add("timescaledb.max_background_workers", profile == .small ? "4" : "16")
        }
        if installation.hasStatementStatistics {
            add("pg_stat_statements.max", profile == .small ? "1000" : "5000")
        }
    }

    private mutating func addDefaultProfile(_ machine: Machine) {
        let memory = machine.memoryBytes >> 20
        // A quarter of the memory is PostgreSQL's own advice; above 8 GB the kernel's cache serves as well.
        add("shared_buffers", "\(min(max(memory / 4, 128), 8192))MB")
        add("effective_cache_size", "\(max(memory / 2, 256))MB")
        add("maintenance_work_mem", "\(min(max(memory / 16, 64), 1024))MB")
        add("work_mem", "\(min(max(memory / 256, 4), 64))MB")
        add("max_connections", "100")
        // TimescaleDB's 16, its launcher, and 8 for parallel queries.
        add("max_worker_processes", "32")
        add("wal_buffers", "16MB")
        add("min_wal_size", "256MB")
        add("max_wal_size", "4GB")
    }

    /// 192 MB of buffers and at most 24 connections: everything together stays within 1 GB.
    private mutating func addSmallProfile() {
        add("shared_buffers", "192MB")
        add("effective_cache_size", "384MB")
        add("maintenance_work_mem", "48MB")
        add("work_mem", "4MB")
        add("hash_mem_multiplier", "1")
        add("temp_buffers", "4MB")
        add("max_connections", "24")
        add("max_worker_processes", "8")
        add("max_parallel_workers", "2")
        add("max_parallel_workers_per_gather", "0")
        add("max_parallel_maintenance_workers", "0")
        add("max_wal_senders", "2")
        add("autovacuum_max_workers", "2")
        add("wal_buffers", "4MB")
        add("min_wal_size", "80MB")
        add("max_wal_size", "512MB")
    }

    package var text: String {
        var text = """
            # Written by Yeoul at each start; what you change here is lost.
            # Your own settings: ALTER SYSTEM SET …, or the file that is included last.

            """
        for line in lines {
            // include_if_exists is a directive and takes no equals sign.
            let sign = line.name == "include_if_exists" ? " " : " = "
            text += line.name + sign + "'" + line.value.replacing("'", with: "''") + "'\n"
        }
        return text
    }

    /// `pg_hba.conf`: a password for everybody, and nobody from another machine.
    package static let accessText = """
        # Written by Yeoul at each start.
        local all         all             scram-sha-256
        local replication yeoul_owner     scram-sha-256
        host  all         all 127.0.0.1/32 scram-sha-256
        host  replication yeoul_owner 127.0.0.1/32 scram-sha-256

        """
}
