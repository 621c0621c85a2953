import Foundation
import TestKit
import Testing
import yeoul

/// The scripts as the shells run them.
@Suite struct CompletionTests {
    /// What bash would offer for the last of `words`.
    private func bash(_ words: [String]) async throws -> [String] {
        let script = """
            source <("$0" completion bash)
            COMP_WORDS=(yeoul "$@")
            COMP_CWORD=$#
            _yeoul
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let result = try await YeoulProgram.run(
            "/bin/bash", ["-c", script, YeoulProgram.path] + words, folder: Repository.root)
        #expect(result.errors == "")
        return result.output.split(separator: "\n").map(String.init)
    }

    @Test func offersVerbsAndSubverbs() async throws {
        #expect(try await bash([""]) == VerbTable.verbs.map(\.name) + ["help"])
        #expect(try await bash(["config", ""]) == ["check", "show", "reference"])
        #expect(try await bash(["config", "sh"]) == ["show"])
        #expect(try await bash(["--log-level", "debug", "config", "ch"]) == ["check"])
    }

    @Test func offersOptionsAndTheirValues() async throws {
        #expect(try await bash(["config", "show", "--js"]) == ["--json"])
        #expect(try await bash(["config", "show", "--log-level", "w"]) == ["warning"])
        #expect(try await bash(["config", "show", "--log-level", "=", "w"]) == ["warning"])
        #expect(try await bash(["config", "show", "--log-level", "="]).count == 5)
        #expect(try await bash(["config", "show", "--set", "log.l"]) == ["log.level="])
        #expect(try await bash(["config", "show", "--config", "Packa"]) == ["Package.swift"])
        #expect(try await bash(["completion", ""]) == ["bash", "zsh"])
        #expect(try await bash(["config", "show", "log.f"]) == ["log.format"])
    }

    @Test func anOptionsValueIsNoVerb() async throws {
        #expect(try await bash(["--config", "config", "comp"]) == ["completion"])
    }

    @Test func bothScriptsKnowEveryVerbAndOption() async throws {
        let bash = try await YeoulProgram.run(["completion", "bash"]).output
        let zsh = try await YeoulProgram.run(["completion", "zsh"]).output
        func check(_ verbs: [any Verb], _ path: String) {
            for verb in verbs {
                let path = path + " " + verb.name
                for script in [bash, zsh] {
                    #expect(script.contains("\"\(path)\") verbs=\"\(path)\""))
                    for option in CommonOptions.all(of: verb) { #expect(script.contains("--" + option.name)) }
                }
                check(verb.subverbs, path)
            }
        }
        check(VerbTable.verbs, "")
    }

    private static let zsh = ["/bin/zsh", "/usr/bin/zsh"].first(where: FileManager.default.isExecutableFile)

    @Test(.enabled(if: zsh != nil, "zsh is not installed"))
    func zshOffersTheSame() async throws {
        let script = """
            compadd() { shift; print -l -- "$@" }
            _files() { print FILES }
            compdef() { }
            source <("$0" completion zsh)
            words=(yeoul "$@")
            CURRENT=$(($# + 1))
            _yeoul
            """
        func offered(_ words: [String]) async throws -> [String] {
            let result = try await YeoulProgram.run(
                Self.zsh ?? "", ["-f", "-c", script, YeoulProgram.path] + words)
            #expect(result.errors == "")
            return result.output.split(separator: "\n").map(String.init)
        }
        #expect(try await offered([""]) == VerbTable.verbs.map(\.name) + ["help"])
        #expect(try await offered(["config", ""]) == ["check", "show", "reference"])
        #expect(try await offered(["config", "show", "--log-format", ""]) == ["auto", "text", "json"])
        #expect(try await offered(["config", "show", "--config", ""]) == ["FILES"])
        #expect(try await offered(["config", "show", "--"]).contains("--json"))
    }
}
