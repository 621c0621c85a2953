// swift-tools-version: 6.1
import PackageDescription

// What each target is and may use stands in docs/architecture.md.

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-warnings-as-errors"]),
]

/// A C library of the system, found through pkg-config; `package` is the Debian package with its headers.
func library(_ name: String, pkgConfig: String, package: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig,
        providers: [.apt([package])])
}

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(
    of name: String, _ dependencies: [Target.Dependency] = [], excluding files: [String] = []
) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "TestKit"] + dependencies,
        exclude: files, swiftSettings: swiftSettings)
}

/// The commit that is built, from the Makefile. Only one C file depends on it, so that a new commit compiles
/// nothing else again.
let commit: String = {
    let given = Context.environment["YEOUL_COMMIT"] ?? "unknown"
    let isPlain = given.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    return isPlain && !given.isEmpty ? given : "unknown"
}()

/// A program under Benchmarks that measures something beside its reference.
func benchmark(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Benchmarks/\(name)", swiftSettings: swiftSettings)
}
// simdjson's on-demand part is compiled into its user, so it must be told what the machine can do.
#if arch(x86_64)
    let simdFlags = ["-march=haswell"]
#else
    let simdFlags: [String] = []
#endif

let package = Package(
    name: "yeoul",
    targets: [
        module("Diagnostics"),
        tests(of: "Diagnostics"),

        library("CYAML", pkgConfig: "yaml-0.1", package: "libyaml-dev"),
        module("YAML", ["CYAML", "Diagnostics"]),
        tests(of: "YAML"),

        module("Configuration", ["YAML", "Diagnostics"]),
        tests(of: "Configuration", ["YAML", "Diagnostics"]),

        module("Market", ["Diagnostics"]),
        tests(of: "Market"),

        module("Indicators", ["Market", "Diagnostics"]),
        tests(of: "Indicators", ["Market", "Diagnostics"]),
        .executableTarget(
            name: "IndicatorBenchmark", dependencies: ["Indicators", "Market", "TestKit"],
            path: "Benchmarks/IndicatorBenchmark", swiftSettings: swiftSettings),

        module("Upbit", ["Market", "Diagnostics"]),
        tests(of: "Upbit", ["Market", "Diagnostics", "CSimdjson"]),

        library("CPostgres", pkgConfig: "libpq", package: "libpq-dev"),
        // Starting processes with the GNU extensions of posix_spawn.
        .target(name: "CSpawn", path: "Sources/CLibraries/CSpawn"),
        module("Database", ["CPostgres", "CSpawn", "Diagnostics"]),
        tests(of: "Database"),
        benchmark("CopyBenchmark", ["Database", "TestKit"]),

        // Puts files of the package (migrations, policies, pages) into a target's code.
        .executableTarget(name: "EmbedFilesTool", swiftSettings: swiftSettings),
        .plugin(name: "EmbedFiles", capability: .buildTool(), dependencies: ["EmbedFilesTool"]),
        library("CZstd", pkgConfig: "libzstd", package: "libzstd-dev"),
        .target(
            name: "Storage",
            dependencies: ["Database", "Market", "YAML", "CLinux", "COpenSSL", "CZstd", "Diagnostics"],
            swiftSettings: swiftSettings, plugins: ["EmbedFiles"]),
        tests(of: "Storage", ["Database", "Market", "Diagnostics"]),
        .executableTarget(
            name: "StorageBenchmark", dependencies: ["Storage", "Exchange", "TestKit"],
            path: "Benchmarks/StorageBenchmark", swiftSettings: swiftSettings),

        module("Derivation", ["Indicators", "Storage", "Database", "Market", "Diagnostics"]),
        tests(of: "Derivation", ["Indicators", "Storage", "Database", "Market", "Diagnostics"]),

        .systemLibrary(name: "CLinux", path: "Sources/CLibraries/CLinux"),
        library("COpenSSL", pkgConfig: "openssl", package: "libssl-dev"),
        library("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
        library("CCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
        module("Network", ["CLinux", "COpenSSL", "CZlib", "CCurl", "Diagnostics"]),
        tests(of: "Network", ["COpenSSL", "Diagnostics"]),
        module("Quotation", ["Network", "Upbit", "Database", "Market", "Diagnostics"]),
        tests(of: "Quotation", ["Network", "Upbit", "Database", "Market"]),
        .executableTarget(
            name: "WebSocketBenchmark", dependencies: ["Network"], path: "Benchmarks/WebSocketBenchmark",
            swiftSettings: swiftSettings),

        .target(name: "CChecksum", path: "Sources/CLibraries/CChecksum"),
        module("Journal", ["CChecksum", "CZstd", "CLinux", "Diagnostics"]),
        // What tests of the journal and of its users share: a disk that tears what was not synced.
        .target(
            name: "JournalKit", dependencies: ["Journal"], path: "Tests/JournalKit",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "JournalVictim", dependencies: ["Journal"], path: "Tests/JournalVictim",
            swiftSettings: swiftSettings),
        tests(of: "Journal", ["JournalKit", "JournalVictim", "Diagnostics"]),

        module("Exchange", ["Journal", "Upbit", "Network", "Market", "Diagnostics"]),
        tests(
            of: "Exchange", ["Journal", "Upbit", "Network", "Market", "Diagnostics"],
            excluding: ["Clients/pyupbit_client.py"]),
        .executableTarget(
            name: "ExchangeBenchmark", dependencies: ["Exchange", "Network", "Market", "Upbit"],
            path: "Benchmarks/ExchangeBenchmark", swiftSettings: swiftSettings),

        module(
            "Capture",
            [
                "Indicators", "Journal", "Quotation", "Storage", "Database", "Network", "Upbit", "Market",
                "Diagnostics",
            ]),
        tests(
            of: "Capture",
            [
                "Derivation", "Indicators", "JournalKit", "Journal", "Exchange", "Quotation", "Storage",
                "Database", "Network", "Upbit", "Market", "Diagnostics",
            ]),

        benchmark("JournalBenchmark", ["Journal", "Exchange", "Market", "Upbit", "CZstd", "TestKit"]),

        module("Operations", ["CSpawn", "Database", "Storage", "Diagnostics"]),
        tests(of: "Operations", ["Database", "Storage", "Diagnostics"]),
        .target(
            name: "Web",
            dependencies: ["Operations", "Storage", "Network", "Database", "Market", "Diagnostics"],
            swiftSettings: swiftSettings, plugins: ["EmbedFiles"]),
        tests(
            of: "Web", ["Operations", "Storage", "Network", "Database", "Market", "Diagnostics"],
            excluding: ["Fixtures"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Capture", "Derivation", "Indicators", "Journal", "JournalKit", "Market", "Network",
                "Storage", "Upbit",
            ],
            swiftSettings: swiftSettings),

        .executableTarget(
            name: "CaptureBenchmark",
            dependencies: [
                "Capture", "Derivation", "Journal", "Storage", "Database", "Network", "Exchange", "Market",
                "Diagnostics", "TestKit",
            ],
            path: "Benchmarks/CaptureBenchmark", swiftSettings: swiftSettings),

        .target(
            name: "CBuildInformation", path: "Sources/CLibraries/CBuildInformation",
            cSettings: [.define("YEOUL_COMMIT", to: "\"\(commit)\"")]),
        .executableTarget(
            name: "yeoul",
            dependencies: [
                "CBuildInformation", "Capture", "Configuration", "Database", "Derivation", "Diagnostics",
                "Exchange", "Journal", "Market", "Network", "Operations", "Quotation", "Storage", "Upbit",
                "Web", "YAML",
            ],
            swiftSettings: swiftSettings),
        tests(
            of: "yeoul",
            [
                "Configuration", "Database", "Derivation", "Exchange", "Journal", "Market", "Network",
                "Quotation", "Storage", "Upbit", "Web", "YAML",
            ]),

        // The reference of the decoder's benchmark and of its differential test.
        .target(
            name: "CSimdjson", path: "Benchmarks/CSimdjson", sources: ["."], publicHeadersPath: "include",
            cxxSettings: [.unsafeFlags(["-O3"] + simdFlags)],
            linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]),
        .target(name: "CAllocationCounter", path: "Benchmarks/CAllocationCounter"),
        .executableTarget(
            name: "DecodeBenchmark", dependencies: ["CSimdjson", "CAllocationCounter", "Upbit", "Market"],
            path: "Benchmarks/DecodeBenchmark", swiftSettings: swiftSettings),

        // What tests share: temporary folders, ports, the virtual clock, scratch servers.
        .target(
            name: "TestKit", dependencies: ["Database", "Diagnostics"], path: "Tests/TestKit",
            swiftSettings: swiftSettings),
    ],
    cxxLanguageStandard: .cxx17
)
