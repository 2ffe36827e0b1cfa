# Completion of `ssoenv` and `ssouse` for bash, 3.2 and later.
#
# No process is started: profile names come from a file that ssoenv keeps, sorted in C order. They are other people's
# text, so they are compared and quoted, and never evaluated, as `compgen -W` would.

# What a command takes: options, and what its argument can be (choices, or a profile's name).
__ssoenv_complete_grammar() {
    case "$1" in
    ssoenv) options=(--version) choices=(accounts alias configure demo init list login logout roles settings status use) ;;
    ssouse) options=(- --no-profile-mode --off --profile-mode --quiet --region -q) names=1 ;;
    use) options=(--no-profile-mode --profile-mode --quiet --region --shell -q) names=1 ;;
    login)
        options=(--all --browser --device-code --force --no-browser --qr --redirect-port --session --sso-region)
        options=("${options[@]}" --start-url) names=1
        ;;
    logout) options=(--all) names=1 ;;
    configure)
        options=(--account --all --dry-run --force --name --no-input --output --profile --prune --region --role)
        options=("${options[@]}" --session --sso-region --start-url --to)
        ;;
    list) options=(--json) ;;
    accounts | roles) options=(--json --refresh --session) ;;
    status) options=(--check --json --min --verify) ;;
    init) options=(--dry-run --install --uninstall) choices=(bash elvish fish nushell powershell tcsh xonsh zsh) ;;
    alias) options=(--remove) ;;
    demo) options=(--tour) ;;
    settings) ;;
    *) \builtin return ;;
    esac
    options=("${options[@]}" --help -h)
}

# What the value of an option can be; fails for an option without value.
__ssoenv_complete_value() {
    case "$1" in
    --shell) choices=(bash cmd elvish fish nushell powershell sh tcsh xonsh zsh) ;;
    --account | --browser | --min | --name | --output | --profile | --redirect-port | --region | --role) ;;
    --session | --sso-region | --start-url | --to) ;;
    *) \builtin return 1 ;;
    esac
}

# Takes the quotes off the line up to the cursor: words; word, the last of them; quote, if one is still open; and kept,
# the part of word that readline keeps, since at each of COMP_WORDBREAKS it starts a new one.
__ssoenv_complete_split() {
    \builtin local line="${COMP_LINE:0:COMP_POINT}" character i
    for ((i = 0; i < ${#line}; i++)); do
        character="${line:i:1}"
        case "$quote$character" in
        "''" | '""') quote='' kept="$word" ;;
        \"\\)
            case "${line:i+1:1}" in [\$\`\"\\]) i=$((i + 1)) character="${line:i:1}" ;; esac
            word="$word$character"
            ;;
        [\'\"]?*) word="$word$character" ;;
        [\'\"]) quote="$character" kept="$word" ;;
        \\) i=$((i + 1)) word="$word${line:i:1}" ;;
        [[:blank:]])
            [[ -z "$word" ]] || words[${#words[@]}]="$word"
            word='' kept=''
            ;;
        *)
            case "$COMP_WORDBREAKS" in *"$character"*) kept="$word${character#@}" ;; esac # readline replaces an @, too
            word="$word$character"
            ;;
        esac
    done
}

# Fills found with the profile names that start with word.
__ssoenv_complete_names() {
    \builtin local LC_ALL=C file="${XDG_CACHE_HOME:-${HOME-}/.cache}/ssoenv/names" line tab=$'\t'
    \builtin local low high middle first
    \builtin local -a lines
    case "${OSTYPE-}" in msys* | cygwin*) file="${LOCALAPPDATA-}/ssoenv/names" ;; esac
    [[ -r "$file" ]] || \builtin return 0
    if [[ "${BASH_VERSINFO[0]}" -lt 5 ]]; then
        while IFS= \builtin read -r line; do
            case "$line" in
            "$word"*) found[${#found[@]}]="${line%%"$tab"*}" ;;
            *) [[ "$line" < "$word" ]] || \builtin break ;;
            esac
        done <"$file"
        \builtin return 0
    fi
    # By halves: where the names that start with word begin, and where they end.
    \builtin mapfile -t lines <"$file"
    low=0 high=${#lines[@]}
    while [[ $low -lt $high ]]; do
        middle=$(((low + high) / 2))
        if [[ "${lines[middle]}" < "$word" ]]; then low=$((middle + 1)); else high=$middle; fi
    done
    first=$low high=${#lines[@]}
    while [[ $low -lt $high ]]; do
        middle=$(((low + high) / 2))
        if [[ "${lines[middle]}" == "$word"* ]]; then low=$((middle + 1)); else high=$middle; fi
    done
    [[ $first -lt $low ]] || \builtin return 0
    [[ $((low - first)) -eq ${#lines[@]} ]] || lines=("${lines[@]:first:low-first}")
    found=("${lines[@]%%"$tab"*}")
}

# Turns found into COMPREPLY: less what is kept, and quoted for where on the line it lands.
__ssoenv_complete_quote() {
    \builtin local name text character single=\' closed="'\\''" bang="\"'!'\""
    [[ -z "$kept" ]] || found=("${found[@]#"$kept"}")
    if [[ "$quote" == "$single" ]]; then
        COMPREPLY=("${found[@]//"$single"/$closed}")
    elif [[ -z "$quote" && "${BASH_VERSINFO[0]}" -ge 5 ]]; then
        # All at once: that is three times as fast as one by one, which shows where there are thousands.
        \builtin local - IFS=$'\n'
        \builtin set -f
        \builtin printf -v text '%q\n' "${found[@]}"
        # shellcheck disable=SC2206 # split at newlines; no name holds any
        COMPREPLY=($text)
    else
        for name in "${found[@]}"; do
            case "${quote:-.}$name" in
            \"*[\"\\\$\`!]*)
                for character in \\ \" \$ \`; do name=${name//"$character"/"\\$character"}; done
                name=${name//!/"$bang"}
                ;;
            \"*) ;;
            .*"~"*) name="'${name//"$single"/$closed}'" ;; # which %q of bash 3.2 leaves as it is
            *) \builtin printf -v name %q "$name" ;;
            esac
            COMPREPLY[${#COMPREPLY[@]}]="$name"
        done
    fi
    [[ -n "$quote" ]] || \builtin return 0
    # Where a quote is there already, readline adds none, neither before nor after.
    COMPREPLY=("${COMPREPLY[@]/#"$quote"/$quote$quote}")
    COMPREPLY=("${COMPREPLY[@]/%"$quote"/$quote$quote}")
}

__ssoenv_complete() {
    \builtin local IFS=$' \t\n' word='' kept='' quote='' command="${1##*/}" taken='' option='' names='' i
    \builtin local -a words options choices found
    words=() options=() choices=() found=() COMPREPLY=()
    __ssoenv_complete_split
    for ((i = 1; i < ${#words[@]}; i++)); do
        if [[ -n "$option" ]]; then
            option=''
        elif [[ "${words[i]}" == -* ]]; then
            __ssoenv_complete_value "${words[i]}" && option="${words[i]}"
        elif [[ "$command" == ssoenv ]]; then
            command="${words[i]}"
        else
            taken=1
        fi
    done
    choices=()
    if [[ -n "$option" ]]; then
        __ssoenv_complete_value "$option"
    elif [[ "$word" == --*=* ]]; then
        __ssoenv_complete_value "${word%%=*}" && choices=("${choices[@]/#/${word%%=*}=}")
    elif [[ "$word" == -* ]]; then
        __ssoenv_complete_grammar "$command"
        choices=("${options[@]}")
    elif [[ -z "$taken" ]]; then
        __ssoenv_complete_grammar "$command"
        [[ -z "$names" ]] || __ssoenv_complete_names
    fi
    for ((i = 0; i < ${#choices[@]}; i++)); do
        [[ "${choices[i]}" != "$word"* ]] || found[${#found[@]}]="${choices[i]}"
    done
    [[ ${#found[@]} -eq 0 ]] || __ssoenv_complete_quote
}

\builtin complete -F __ssoenv_complete ssoenv ssouse
