# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # command_limit and shown_output are common.sh's
#
# Plays a Markdown file of commands with their expected output: `play FILE`, after common.sh. What the file holds:
#
#   ## HEADING              is printed as a step
#   ```console              commands and their output, up to the next ```:
#   dom0# COMMAND           one line for bash, in the present folder, with 60 s
#   output                  exactly what COMMAND prints, on either of its outputs
#   ...                     any lines, or none
#   <n>                     within a line: a number, like 12 or 38.1
#   <word>                  within a line: anything without blanks
#   [status 1]              at the end of the output: how COMMAND exits, where that is not 0
#   ```
#   ```LANGUAGE file=PATH   what stands up to the next ``` is written to PATH
#   <!-- lab: COMMAND -->   is run and has to succeed: what a reader sees happen, and the lab has to wait for
#
# Everything else is passed over, blocks with other words behind ``` too (```console no-lab).
#
# In a line with <n> or <word> runs of blanks count as one, for columns move. Empty lines at the end do not count.
# COMMAND may use common.sh's words, as in `<!-- lab: wait_until 20 gone domain1 -->`.

export -f now_ms wait_until wait_log wait_value xenstore_is console_of running not_running gone

# Sets $pattern to a regular expression for an expected line.
pattern_of_line() {
    local c text=${1//\\/\\\\}
    for c in . '^' '$' '*' '+' '?' '(' ')' '[' ']' '{' '}' '|'; do
        text=${text//"$c"/"\\$c"}
    done
    case $text in *'<n>'* | *'<word>'*)
        while [[ $text == *'  '* ]]; do text=${text//'  '/' '}; done
        text=${text//' '/'[[:blank:]]+'}
        text=${text//'<n>'/'[0-9][0-9.]*'}
        text=${text//'<word>'/'[^[:space:]]+'}
        ;;
    esac
    pattern=$text
}

# is_as_expected OUTPUT EXPECTED; both end with a line's end, or are empty.
is_as_expected() {
    local line pattern whole=
    while IFS= read -r line; do
        if [ "$line" = ... ]; then
            whole+=$'([^\n]*\n)*'
        else
            pattern_of_line "$line"
            whole+=$pattern$'\n'
        fi
    done < <(printf '%s' "$2")
    [[ $1 =~ ^$whole$ ]]
}

# OUTPUT with the line of EXPECTED in place of each that fits one with <n> or <word>: what is left differs.
in_expected_words() {
    local line pattern
    local -A words=()
    while IFS= read -r line; do
        pattern_of_line "$line"
        words[^$pattern$]=$line
    done < <(grep -E '<n>|<word>' <<<"$2")
    while IFS= read -r line; do
        for pattern in "${!words[@]}"; do
            [[ $line =~ $pattern ]] && line=${words[$pattern]} && break
        done
        printf '%s\n' "$line"
    done < <(printf '%s' "$1")
}

# play_command PLACE COMMAND EXPECTED
play_command() {
    local expected=$3 wanted_status=0 status=0 output
    while [[ $expected == $'\n' || $expected == *$'\n\n' ]]; do expected=${expected%$'\n'}; done
    if [[ $expected =~ ^((.*$'\n')?)\[status\ ([0-9]+)\]$'\n'$ ]]; then
        expected=${BASH_REMATCH[1]}
        wanted_status=${BASH_REMATCH[3]}
    fi
    printf 'dom0# %s\n' "$2"
    timeout "$command_limit" bash -c "$2" >"$shown_output" 2>&1 </dev/null || status=$?
    output=$(<"$shown_output")
    output=${output:+$output$'\n'}
    printf '%s' "$output"

    if [ "$status" -ne "$wanted_status" ]; then
        report_failure "$1" "status $status, not $wanted_status" </dev/null
    elif is_as_expected "$output" "$expected"; then
        report_pass "$1"
    else
        report_failure "$1" "other output" < <(
            diff -u -L expected -L output <(printf '%s' "$expected") <(in_expected_words "$output" "$expected")
        )
    fi
}

# play_block FIRST_LINE_NUMBER: a ```console block from standard input.
play_block() {
    local line number=$1 place='' command='' expected=''
    while IFS= read -r line; do
        number=$((number + 1))
        case $line in
            'dom0# '*)
                [ -z "$command" ] || play_command "$place" "$command" "$expected"
                command=${line#'dom0# '} expected='' place="$played_file:$number"
                ;;
            *) expected+=$line$'\n' ;;
        esac
    done
    [ -z "$command" ] || play_command "$place" "$command" "$expected"
}

# play_fence WORDS FIRST_LINE_NUMBER TEXT
play_fence() {
    case $1 in
        console) play_block "$2" <<<"$3" ;;
        *' file='*)
            printf '      %s is written\n' "${1##* file=}"
            mkdir -p "$(dirname "${1##* file=}")" && printf '%s\n' "$3" >"${1##* file=}"
            ;;
    esac
}

play() {
    local line number=0 start='' info='' text='' before=$((passed + failed)) played_file=$1
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        if [ -n "$start" ]; then
            if [ "$line" = '```' ]; then
                play_fence "$info" "$start" "${text%$'\n'}" </dev/null
                start=''
            else
                text+=$line$'\n'
            fi
            continue
        fi
        case $line in
            '```'*) start=$number info=${line#'```'} text='' ;;
            '## '*) step "${line#'## '}" ;;
            '<!-- lab: '*' -->')
                line=${line#'<!-- lab: '}
                check "$played_file:$number" timeout "$command_limit" bash -c "${line%' -->'}" </dev/null
                ;;
        esac
    done <"$1"
    [ -z "$start" ] || report_failure "$1" "the block of line $start has no end" </dev/null
    [ $((passed + failed)) -gt "$before" ] || report_failure "$1" "holds no commands" </dev/null
}
