# Completion of `ssoenv` and `ssouse` for bash, 3.2 and later.
#
# No process is started: names come from files that ssoenv keeps, sorted in C order. They are other people's text, so
# they are compared and quoted, and never evaluated, as `compgen -W` would.

# What a command takes: options, and what its argument can be: choices, or names out of a file. It is the first word
# that may be one, or for `due` that one.
__ssoenv_complete_grammar() {
    \builtin local due=0
    case "$1" in
    ssoenv)
        options=(--version)
        choices=(accounts alias configure console credential-process demo exec get init list login logout roles serve)
        choices=("${choices[@]}" settings status use)
        ;;
    ssouse) options=(- --for --forget --no-profile-mode --off --profile-mode --quiet --region --serve -q) names=names ;;
    use) options=(--for --forget --no-profile-mode --profile-mode --quiet --region --serve --shell -q) names=names ;;
    get)
        options=(--as --copy --force --format --option --os --prune --region --value --write) names=names
        ;;
    exec)
        options=(--jobs --json --match --no-profile-mode --parallel --profile-mode --region --with)
        names=names due="$taken"
        ;;
    serve) options=(--docker --for --port --region) names=names ;;
    console)
        options=(--browser --copy --federate --print --region --separate --service --url) names=names
        ;;
    credential-process) options=(--session --sso-region --start-url) names=names ;;
    login)
        options=(--all --browser --copy --device-code --force --no-browser --qr --redirect-port --session --sso-region)
        options=("${options[@]}" --start-url) names=sessions
        ;;
    logout) options=(--all --forget) names=sessions ;;
    configure)
        options=(--account --all --credential-process --dry-run --force --name --no-credential-process --no-input)
        options=("${options[@]}" --output --profile --prune --region --role --session --sso-region --start-url --to)
        ;;
    list) options=(--json) ;;
    accounts) options=(--json --refresh --session) ;;
    roles) options=(--json --refresh --session) names=accounts ;;
    status) options=(--check --json --min --verify) ;;
    init) options=(--dry-run --install --uninstall) choices=(bash elvish fish nushell powershell tcsh xonsh zsh) ;;
    alias)
        options=(--remove) names=names due=1
        case " ${words[*]} " in *' --remove '*) due=0 ;; esac # nothing new is named then
        ;;
    demo) options=(--tour) ;;
    settings) options=(--forget-region) ;;
    *) \builtin return 0 ;;
    esac
    options=("${options[@]}" --help -h)
    [[ "$taken" == "$due" ]] || choices=() names=''
}

# What the value of an option can be; fails for an option without value.
__ssoenv_complete_value() {
    case "$1" in
    --shell) choices=(bash cmd elvish fish nushell powershell sh tcsh xonsh zsh) ;;
    --option) choices=(1 2 3) ;;
    --os) choices=(macos-linux powershell windows) ;;
    --value) choices=(access-key-id account-id expiration region secret-access-key session-token) ;;
    --format)
        choices=(bash cmd credential-process docker dotenv elvish fish github-actions json nushell powershell sh tcsh)
        choices=("${choices[@]}" terraform xonsh zsh)
        ;;
    --output) choices=(json off table text yaml yaml-stream) ;;
    --with) names=names ;;
    --session) [[ "$command" == login ]] || names=sessions ;;
    --forget-region) names=sessions ;;
    --account) names=accounts ;;
    --as | --browser | --for | --jobs | --match | --min | --name | --port | --profile) ;;
    --region | --sso-region) names=regions ;;
    --redirect-port | --role | --service | --start-url | --to | --url) ;;
    *) \builtin return 1 ;;
    esac
}

# Takes the quotes off the line up to the cursor: words; word, the last of them; quote, if one is still open; and kept,
# the part of word that readline keeps, since at each of COMP_WORDBREAKS it starts a new one.
__ssoenv_complete_split() {
    \builtin local line="${COMP_LINE:0:COMP_POINT}" character before i
    for ((i = 0; i < ${#line}; i++)); do
        character="${line:i:1}"
        case "$quote$character" in
        "''" | '""') quote='' kept="$before" ;; # a word goes on behind a quote that is closed
        \"\\)
            case "${line:i+1:1}" in [\$\`\"\\]) i=$((i + 1)) character="${line:i:1}" ;; esac
            word="$word$character"
            ;;
        [\'\"]?*) word="$word$character" ;;
        [\'\"]) quote="$character" before="$kept" kept="$word" ;;
        \\) i=$((i + 1)) word="$word${line:i:1}" ;;
        [[:blank:]])
            [[ -z "$word" ]] || words[${#words[@]}]="$word"
            word='' kept=''
            ;;
        *)
            case "${COMP_WORDBREAKS-}" in *"$character"*) kept="$word${character#@}" ;; esac # readline replaces an @, too
            word="$word$character"
            ;;
        esac
    done
}

# Fills COMPREPLY with the names that start with word, out of the file $1, and about with what each is, where that is shown.
__ssoenv_complete_names() {
    \builtin local LC_ALL=C file="${XDG_CACHE_HOME:-${HOME-}/.cache}/ssoenv/$1.line" low high middle first=0 i
    case "${OSTYPE-}" in msys* | cygwin*) file="${LOCALAPPDATA-}/ssoenv/$1.line" ;; esac
    [[ -f "$file" && -r "$file" ]] || \builtin return 0
    IFS=$'\t' \builtin read -r -a COMPREPLY <"$file"
    if [[ -n "$word" ]]; then
        # By halves: where the names that start with word begin, and where they end.
        low=0 high=${#COMPREPLY[@]}
        while [[ $low -lt $high ]]; do
            middle=$(((low + high) / 2))
            if [[ "${COMPREPLY[middle]}" < "$word" ]]; then low=$((middle + 1)); else high=$middle; fi
        done
        first=$low high=${#COMPREPLY[@]}
        while [[ $low -lt $high ]]; do
            middle=$(((low + high) / 2))
            if [[ "${COMPREPLY[middle]}" == "$word"* ]]; then low=$((middle + 1)); else high=$middle; fi
        done
        COMPREPLY=("${COMPREPLY[@]:first:low-first}")
    fi
    # The second Tab only shows a list, and nothing of that gets onto the line. The file with descriptions has its lines in
    # the same order.
    if [[ "${COMP_TYPE-}" == 63 && ${#COMPREPLY[@]} -gt 1 && ${#COMPREPLY[@]} -le 100 && -f "${file%.line}" ]]; then
        \builtin mapfile -t -s "$first" -n "${#COMPREPLY[@]}" about <"${file%.line}"
        for i in "${!COMPREPLY[@]}"; do # unless only one of the two has been written anew
            [[ "${about[i]-}" == "${COMPREPLY[i]}"$'\t'* ]] || { about=() && \builtin break; }
        done
    fi
}

# Puts what each name is behind it.
__ssoenv_complete_describe() {
    \builtin local widest=0 text i
    for text in "${COMPREPLY[@]}"; do
        [[ ${#text} -le $widest ]] || widest=${#text}
    done
    for i in "${!about[@]}"; do
        [[ "${about[i]}" != *$'\t' ]] || \builtin continue
        \builtin printf -v text '%s%*s (%s)' "${COMPREPLY[i]}" $((widest - ${#COMPREPLY[i]})) '' "${about[i]#*$'\t'}"
        COMPREPLY[i]="$text"
    done
}

# Tells whether none of COMPREPLY has a character of the set $1. One look at all takes a tenth of quoting them.
__ssoenv_complete_is_free_of() {
    \builtin local LC_ALL=C IFS=''
    [[ ! "${COMPREPLY[*]}" =~ $1 ]]
}

# Makes of the words in COMPREPLY what is to be put on the line: less what is kept, and quoted for where it lands.
__ssoenv_complete_quote() {
    \builtin local name text character single=\' closed="'\\''" bang="\"'!'\""
    \builtin local -a quoted
    [[ -z "$kept" ]] || COMPREPLY=("${COMPREPLY[@]#"$kept"}")
    # What stands for itself wherever it lands is left as it is.
    ! __ssoenv_complete_is_free_of '[^A-Za-z0-9_./:@+=,-]' 2>/dev/null || \builtin return 0
    if [[ "$quote" == "$single" ]]; then
        COMPREPLY=("${COMPREPLY[@]//"$single"/$closed}")
    elif [[ -z "$quote" ]] && { [[ "${BASH_VERSINFO[0]}" -ge 5 ]] || __ssoenv_complete_is_free_of '[~]' 2>/dev/null; }; then
        # All at once: that is three times as fast as one by one, which shows where there are thousands.
        \builtin local IFS=$'\n' flags="$-"
        \builtin set -f
        \builtin printf -v text '%q\n' "${COMPREPLY[@]}"
        # shellcheck disable=SC2206 # split at newlines; no name holds any
        COMPREPLY=($text)
        [[ "$flags" == *f* ]] || \builtin set +f
    else
        quoted=()
        for name in "${COMPREPLY[@]}"; do
            case "${quote:-.}$name" in
            \"*[\"\\\$\`!]*)
                for character in \\ \" \$ \`; do name=${name//"$character"/"\\$character"}; done
                name=${name//!/"$bang"}
                ;;
            \"*) ;;
            .*"~"*) name="'${name//"$single"/$closed}'" ;; # which %q of bash 3.2 leaves as it is
            *) \builtin printf -v name %q "$name" ;;
            esac
            quoted[${#quoted[@]}]="$name"
        done
        COMPREPLY=("${quoted[@]}")
    fi
    [[ -n "$quote" ]] || \builtin return 0
    # Where a quote is there already, readline adds none, neither before nor after.
    COMPREPLY=("${COMPREPLY[@]/#"$quote"/$quote$quote}")
    COMPREPLY=("${COMPREPLY[@]/%"$quote"/$quote$quote}")
}

# After `ssoenv exec NAME --`: what completion of that command offers, or without any, programs ($1 is 1) and files.
__ssoenv_complete_command() {
    \builtin local at=1 text='' name
    while [[ $at -lt ${COMP_CWORD:-0} && "${COMP_WORDS[at]}" != -- ]]; do at=$((at + 1)); done
    if \builtin declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset $((at + 1))
    elif \builtin declare -F _command_offset >/dev/null; then
        _command_offset $((at + 1))
    else
        if [[ "$1" == 1 ]]; then
            text=$(\builtin compgen -c -- "$word")
        else
            \builtin compopt -o default 2>/dev/null || text=$(\builtin compgen -f -- "$word") # bash 3.2 has no compopt
        fi
        while IFS= \builtin read -r name; do
            [[ -z "$name" ]] || COMPREPLY[${#COMPREPLY[@]}]="$name"
        done <<<"$text"
        [[ ${#COMPREPLY[@]} -eq 0 ]] || __ssoenv_complete_quote
    fi
}

__ssoenv_complete() {
    \builtin local IFS=$' \t\n' word='' kept='' quote='' command="${1##*/}" taken=0 option='' names='' lead='' i
    \builtin local -a words options choices about
    words=() options=() choices=() about=() COMPREPLY=()
    __ssoenv_complete_split
    for ((i = 1; i < ${#words[@]}; i++)); do
        if [[ -n "$option" ]]; then
            option=''
        elif [[ "$command ${words[i]}" == "exec --" ]]; then
            __ssoenv_complete_command $((${#words[@]} - i))
            \builtin return 0
        elif [[ "${words[i]}" == -* ]]; then
            __ssoenv_complete_value "${words[i]}" && option="${words[i]}"
        elif [[ "$command" == ssoenv ]]; then
            command="${words[i]}"
        else
            taken=$((taken + 1))
        fi
    done
    choices=() names=''
    if [[ -n "$option" ]]; then
        __ssoenv_complete_value "$option"
    elif [[ "$word" == --*=* ]]; then
        option="${word%%=*}" lead="${word%%=*}="
        __ssoenv_complete_value "$option" || \builtin return 0
    elif [[ "$word" == -* ]]; then
        __ssoenv_complete_grammar "$command"
        choices=("${options[@]}") names=''
    else
        __ssoenv_complete_grammar "$command"
    fi
    word="${word#"$lead"}"
    if [[ "$option" == --with && "$word" == *=* ]]; then # a profile's name of one's own goes before
        lead="$lead${word%%=*}=" word="${word#*=}"
    fi
    # Of a locale that this machine has not got, bash would complain where a local one ends, and so below, too.
    [[ -z "$names" ]] || __ssoenv_complete_names "$names" 2>/dev/null
    for ((i = 0; i < ${#choices[@]}; i++)); do
        [[ "${choices[i]}" != "$word"* ]] || COMPREPLY[${#COMPREPLY[@]}]="${choices[i]}"
    done
    [[ ${#COMPREPLY[@]} -ne 0 ]] || \builtin return 0
    [[ -z "$lead" ]] || for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do COMPREPLY[i]="$lead${COMPREPLY[i]}"; done
    __ssoenv_complete_quote
    [[ ${#about[@]} -ne ${#COMPREPLY[@]} ]] || __ssoenv_complete_describe
}

\builtin complete -F __ssoenv_complete ssoenv ssouse
