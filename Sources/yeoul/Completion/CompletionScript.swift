/// The scripts that a shell reads to complete our command lines.
package enum CompletionScript {
    package enum Shell: String, CaseIterable, Sendable {
        case bash
        case zsh
    }

    package static func text(_ shell: Shell, _ model: CompletionModel) -> String {
        switch shell {
        case .bash: bash(model)
        case .zsh: zsh(model)
        }
    }

    /// Both scripts walk the words before the cursor: a known subverb lengthens the path, an option with a
    /// value hides the word after it. Then what may follow is looked up by path.
    private static func walk(_ model: CompletionModel, words: String, first: Int, end: String) -> String {
        var transitions = ""
        for level in model.levels {
            for subverb in level.subverbs where subverb != "help" {
                transitions +=
                    "            \"\(level.path) \(subverb)\") verbs=\"\(level.path) \(subverb)\" ;;\n"
            }
        }
        let names = model.valueOptions.map(\.name).joined(separator: "|")
        return """
                local verbs="" word="" option="" i
                for ((i = \(first); i < \(end); i++)); do
                    word="${\(words)[i]}"
                    if [[ -n "$option" ]]; then
                        # bash splits --name=value into three words.
                        [[ "$word" == "=" ]] || option=""
                        continue
                    fi
                    case "$word" in
                        \(names)) option="$word" ; continue ;;
                    esac
                    case "$verbs $word" in
            \(transitions)        esac
                done

            """
    }

    private static func choose(_ model: CompletionModel, offer: (String) -> String, files: String) -> String {
        var text = "    case \"$option\" in\n"
        for option in model.valueOptions {
            let action =
                option.takesPath
                ? files : option.choices.isEmpty ? ":" : offer(option.choices.joined(separator: " "))
            text += "        \(option.name)) \(action) ; return ;;\n"
        }
        text += "    esac\n    case \"$verbs\" in\n"
        for level in model.levels {
            let words = level.subverbs + level.positionalChoices
            text += "        \"\(level.path)\")\n"
            text += "            if [[ \"$current\" == -* ]]; then\n"
            text += "                \(offer(level.options.joined(separator: " ")))\n"
            if level.takesPaths {
                text += "            else\n                \(files)\n"
            } else if !words.isEmpty {
                text += "            else\n                \(offer(words.joined(separator: " ")))\n"
            }
            text += "            fi ;;\n"
        }
        return text + "    esac\n"
    }

    private static func bash(_ model: CompletionModel) -> String {
        """
        # Completion of yeoul for bash, made by "yeoul completion bash".
        _yeoul() {
            local current="${COMP_WORDS[COMP_CWORD]}"
            [[ "$current" == "=" ]] && current=""
            COMPREPLY=()
        \(walk(model, words: "COMP_WORDS", first: 1, end: "COMP_CWORD"))
        \(choose(model, offer: { "COMPREPLY=($(compgen -W \"\($0)\" -- \"$current\"))" },
                 files: "COMPREPLY=($(compgen -f -- \"$current\"))"))
            [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *= ]] && compopt -o nospace 2>/dev/null
            return 0
        }
        complete -o filenames -F _yeoul yeoul

        """
    }

    private static func zsh(_ model: CompletionModel) -> String {
        """
        #compdef yeoul
        # Completion of yeoul for zsh, made by "yeoul completion zsh".
        _yeoul() {
            local current="${words[CURRENT]}"
        \(walk(model, words: "words", first: 2, end: "CURRENT"))
        \(choose(model, offer: { "compadd -- \($0)" }, files: "_files"))
            return 0
        }
        if [[ "$funcstack[1]" == "_yeoul" ]]; then
            _yeoul "$@"
        else
            compdef _yeoul yeoul
        fi

        """
    }
}
