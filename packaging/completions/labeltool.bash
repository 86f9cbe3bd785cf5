# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of labeltool in bash. Commands and options are those that --help shows; labels, domains, resources and
# policies those that acm-enforcerd has at this moment: none, and no message, if it does not answer.
#
# INVARIANT: what the daemon says is never given to `compgen -W`, which expands it: a label may be called $(reboot).

# _labeltool_help COMMAND...: what is above "Subcommands:" tells options, what is below commands.
_labeltool_help() {
    "$_labeltool_program" "$@" --help 2>/dev/null
}

_labeltool_commands() {
    _labeltool_help "$@" | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

_labeltool_options() {
    _labeltool_help "$@" | sed -n 's/^  \(-[^ =]*\).*/\1/p' | tr ',' '\n'
}

# _labeltool_listed OPTION: what may stand behind it, where its help ends in ": THIS, THAT".
_labeltool_listed() {
    _labeltool_help "${path[@]}" | sed -n "s/^  $1 TEXT.*: //p" | sed 's/, /\n/g'
}

_labeltool_ask() {
    timeout 2 "$_labeltool_program" "${_labeltool_socket[@]}" "$@" 2>/dev/null </dev/null
}

_labeltool_labels() {
    _labeltool_ask labels "type=$1"
}

# The name is what stands before the five columns of numbers.
_labeltool_domains() {
    _labeltool_ask list | sed -n '2,$s/ \{1,\}[0-9]\{1,\} \{1,\}[0-9]\{1,\} \{1,\}[0-9]\{1,\} \{1,\}[^ ]\{1,\} \{1,\}[0-9.]\{1,\}$//p'
}

_labeltool_resources() {
    _labeltool_ask resources | grep -v '^ '
}

# As setpolicy looks for them: a/b-security_policy.xml is a.b.
_labeltool_policies() {
    local folder
    for folder in . /etc/xen/acm-security/policies; do
        (cd "$folder" 2>/dev/null && find . -maxdepth 3 -name '*-security_policy.xml' 2>/dev/null) |
            sed 's|^\./||; s|-security_policy\.xml$||; s|/|.|g'
    done
}

# _labeltool_offer: of the lines of standard input those that begin with the word that is typed.
_labeltool_offer() {
    local line typed
    # What is typed may be quoted.
    typed=${cur//\\/}
    while IFS= read -r line; do
        [[ -n $line && $line == "$typed"* ]] && COMPREPLY+=("$(printf '%q' "$line")")
    done
}

_labeltool_offer_words() {
    _labeltool_offer < <(printf '%s\n' "$@")
}

# _labeltool_offer_files GLOB: such files, and folders.
_labeltool_offer_files() {
    local IFS=$'\n'
    compopt -o filenames 2>/dev/null
    # shellcheck disable=SC2207 # one name a line
    COMPREPLY+=($(compgen -f -X "!$1" -- "$cur") $(compgen -d -- "$cur"))
}

# _labeltool_object KIND: what addlabel, rmlabel and getlabel take behind it.
_labeltool_object() {
    case $1 in
        dom) _labeltool_offer_files '*' ;;
        mgt | vif-*) _labeltool_offer < <(_labeltool_domains) ;;
        res) _labeltool_offer < <(_labeltool_resources) ;;
    esac
}

# _labeltool_attached WORD...: what whatif takes behind "attach".
_labeltool_attached() {
    case $# in
        0) _labeltool_offer < <(_labeltool_domains) ;;
        1) _labeltool_offer_words vif disk pci ;;
        *)
            case $cur in
                backend=*) _labeltool_offer < <(_labeltool_domains | sed 's/^/backend=/') ;;
                *)
                    [[ $2 == pci ]] || _labeltool_offer_words backend=
                    [[ $2 != vif ]] || _labeltool_offer_words bridge= nic= index=
                    compopt -o nospace 2>/dev/null
                    ;;
            esac
            ;;
    esac
}

# _labeltool_word COMMAND WORD...: a word that is no option, behind the words that are there already.
_labeltool_word() {
    local command=$1 count=$(($# - 1))
    case $command:$count in
        setpolicy:0) _labeltool_offer_words ACM ;;
        setpolicy:1 | checkpolicy:0 | diffpolicy:[01] | import:0)
            _labeltool_offer < <(_labeltool_policies)
            _labeltool_offer_files '*.xml'
            ;;
        policy:0) _labeltool_offer_words history show rollback ;;
        policy:1) _labeltool_offer < <(_labeltool_ask policy history | awk '{ print $1 }') ;;
        test:*) _labeltool_offer_files '*.toml' ;;
        mode:0) _labeltool_offer_words enforcing permissive ;;
        labels:[01]) _labeltool_offer < <(printf 'type=%s\n' dom res any; _labeltool_policies) ;;
        addlabel:0) _labeltool_offer < <(_labeltool_labels any) ;;
        addlabel:1 | rmlabel:0 | getlabel:0) _labeltool_offer_words dom mgt res vif-0 ;;
        addlabel:2) _labeltool_object "$3" ;;
        rmlabel:1 | getlabel:1) _labeltool_object "$2" ;;
        resources:0) _labeltool_offer < <(_labeltool_resources) ;;
        resources:1) _labeltool_offer_words adopt rename forget_mark ;;
        dry-run:0 | import:* | verify:*) _labeltool_offer_files '*' ;;
        whatif:0) _labeltool_offer_words start attach setpolicy ;;
        whatif:*)
            case $2 in
                start) [[ $count -gt 1 ]] || _labeltool_offer_files '*' ;;
                setpolicy) [[ $count -gt 1 ]] || _labeltool_word setpolicy ACM ;;
                attach) _labeltool_attached "${@:3}" ;;
            esac
            ;;
    esac
}

# _labeltool_takes_value OPTION: it is shown with the kind of its value.
_labeltool_takes_value() {
    { _labeltool_help "${path[@]}"; _labeltool_help; } | grep -q -E -e "^  ([^ ]*,)?$1 (TEXT|U?INT|FLOAT)"
}

_labeltool_value() {
    case $1 in
        --label) _labeltool_offer < <(_labeltool_labels "$([[ ${path[0]-} == audit ]] && echo any || echo dom)") ;;
        --domain) _labeltool_offer < <(_labeltool_domains) ;;
        --resource) _labeltool_offer < <(_labeltool_resources) ;;
        --rule | --toolstack) _labeltool_offer < <(_labeltool_listed "$1") ;;
        --format) _labeltool_offer_words table jsonl csv ;;
        --socket | --key | --checkpoint | --output | --domains) _labeltool_offer_files '*' ;;
    esac
}

# Readline replaces only what stands behind the last of its word breaks.
_labeltool_trim_word_breaks() {
    local index break typed=
    for break in : =; do
        [[ $COMP_WORDBREAKS == *$break* && $cur == *$break* ]] || continue
        break=${cur%"$break"*}$break
        [[ ${#break} -le ${#typed} ]] || typed=$break
    done
    for index in "${!COMPREPLY[@]}"; do COMPREPLY[index]=${COMPREPLY[index]#"$typed"}; done
}

_labeltool() {
    local cur prev words cword
    local _labeltool_program _labeltool_socket=() path=() typed=() word index
    _get_comp_words_by_ref -n := cur prev words cword
    COMPREPLY=()
    _labeltool_program=${words[0]}

    # path: the command, and commands below it; typed: its words.
    for ((index = 1; index < cword; index++)); do
        word=${words[index]}
        case $word in
            --socket) _labeltool_socket=(--socket "${words[++index]}") ;;
            --*) ! _labeltool_takes_value "$word" || ((index++)) ;;
            -*) ;;
            *)
                if [[ ${#typed[@]} -eq 0 ]] && grep -q -x -F -e "$word" < <(_labeltool_commands "${path[@]}"); then
                    path+=("$word")
                else
                    typed+=("$word")
                fi
                ;;
        esac
    done

    if [[ $prev == --* ]] && _labeltool_takes_value "$prev"; then
        _labeltool_value "$prev"
    elif [[ $cur == -* ]]; then
        _labeltool_offer < <(_labeltool_options "${path[@]}"; _labeltool_options)
    else
        [[ ${#typed[@]} -gt 0 ]] || _labeltool_offer < <(_labeltool_commands "${path[@]}")
        [[ ${#path[@]} -eq 0 ]] || _labeltool_word "${path[@]: -1}" "${typed[@]}"
    fi
    _labeltool_trim_word_breaks
}

complete -F _labeltool labeltool
