# ssoenv for bash, 3.2 and later: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  eval "$(ssoenv init bash)"
#
# Each shell's file has the same sections in the same order: check, memory, apply, commands. Builtins are called as
# \builtin, and programs as \command, so that no alias or function of the user's stands in. The program `ssoenv` only
# prints. What it printed is first proven to be nothing but assignments and removals of AWS_* and SSOENV_* variables,
# and these are then made by name: no text is ever evaluated.

\builtin unalias ssouse 2>/dev/null || \builtin true

# --- check -----------------------------------------------------------------------------------------------------------

# Proves that __ssoenv_text is a snippet, and fills __ssoenv_names and __ssoenv_values (`=value` sets, `-` removes).
__ssoenv_check() {
    \builtin local LC_ALL=C IFS=$'\n' __ssoenv_line __ssoenv_name __ssoenv_value __ssoenv_i __ssoenv_last
    \builtin local __ssoenv_quote=\' __ssoenv_escaped="'\\''"
    \builtin local -a __ssoenv_lines
    case "$__ssoenv_text" in
    $'\n'* | *$'\n\n'*) \builtin return 1 ;; # splitting would swallow an empty line
    *$'\n# ssoenv/end\n') ;;
    *) \builtin return 1 ;;
    esac
    # shellcheck disable=SC2206 # split at newlines; ssouse has switched globbing off
    __ssoenv_lines=($__ssoenv_text)
    ((__ssoenv_last = ${#__ssoenv_lines[@]} - 1))
    ((__ssoenv_last > 1)) || \builtin return 1
    __ssoenv_value="${__ssoenv_lines[0]}"
    case "$__ssoenv_value" in "# ssoenv/1 "*) ;; *) \builtin return 1 ;; esac
    case "${__ssoenv_value#"# ssoenv/1 "}" in "" | *[!0123456789]*) \builtin return 1 ;; esac
    for ((__ssoenv_i = 1; __ssoenv_i < __ssoenv_last; __ssoenv_i++)); do
        __ssoenv_line="${__ssoenv_lines[__ssoenv_i]}"
        case "$__ssoenv_line" in
        "builtin unset -v "*)
            __ssoenv_name="${__ssoenv_line#"builtin unset -v "}"
            __ssoenv_value=-
            ;;
        "builtin export "*"='"*"'")
            __ssoenv_name="${__ssoenv_line#"builtin export "}"
            __ssoenv_name="${__ssoenv_name%%=*}"
            __ssoenv_value="${__ssoenv_line#*=}"
            __ssoenv_value="${__ssoenv_value#\'}"
            __ssoenv_value="${__ssoenv_value%\'}"
            # Both quotes are there, and each one between them is written '\''.
            [[ "$__ssoenv_line" == "builtin export $__ssoenv_name='$__ssoenv_value'" ]] || \builtin return 1
            case "$__ssoenv_value" in
            *[[:cntrl:]]*) \builtin return 1 ;;
            *\'*)
                case "${__ssoenv_value//"$__ssoenv_escaped"/}" in *\'*) \builtin return 1 ;; esac
                __ssoenv_value="${__ssoenv_value//"$__ssoenv_escaped"/$__ssoenv_quote}"
                ;;
            esac
            __ssoenv_value="=$__ssoenv_value"
            ;;
        *) \builtin return 1 ;;
        esac
        __ssoenv_is_ours "$__ssoenv_name" || \builtin return 1
        __ssoenv_names[__ssoenv_i - 1]="$__ssoenv_name"
        __ssoenv_values[__ssoenv_i - 1]="$__ssoenv_value"
    done
}

# The letters are spelled out: in some locales the range A-Z holds more.
__ssoenv_is_ours() {
    case "$1" in
    AWS_ | SSOENV_ | *[!ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_]*) \builtin return 1 ;;
    AWS_* | SSOENV_*) ;;
    *) \builtin return 1 ;;
    esac
}

# Fails when one of the named variables is read-only, by trying a local of that name: no fork, and nothing is changed.
__ssoenv_are_writable() {
    \builtin local "$@" 2>/dev/null
}

# --- memory ----------------------------------------------------------------------------------------------------------
# Never exported: __ssoenv_base_names and __ssoenv_base_values hold what was there before the first switch (`x=value`
# exported, `=value` not exported, `-` absent); __ssoenv_now and __ssoenv_before the arguments of the last two switches.

__ssoenv_remember() {
    \builtin local __ssoenv_name __ssoenv_was
    for __ssoenv_name in "${__ssoenv_names[@]}"; do
        case " ${__ssoenv_base_names[*]} " in *" $__ssoenv_name "*) \builtin continue ;; esac
        if [[ -z "${!__ssoenv_name+set}" ]]; then
            __ssoenv_was=-
        elif __ssoenv_is_exported "$__ssoenv_name"; then
            __ssoenv_was="x=${!__ssoenv_name}"
        else
            __ssoenv_was="=${!__ssoenv_name}"
        fi
        __ssoenv_base_names+=("$__ssoenv_name")
        __ssoenv_base_values+=("$__ssoenv_was")
    done
}

__ssoenv_is_exported() {
    \builtin local __ssoenv_attributes
    if ((BASH_VERSINFO[0] > 4)); then
        __ssoenv_attributes="${!1@a}"
    else # an older bash only prints them: a fork, for a variable that was set, at the first switch
        __ssoenv_attributes="$(\builtin declare -p "$1" 2>/dev/null)"
        __ssoenv_attributes="${__ssoenv_attributes#declare -}"
        __ssoenv_attributes="${__ssoenv_attributes%% *}"
    fi
    [[ "$__ssoenv_attributes" == *x* ]]
}

__ssoenv_put_back() {
    \builtin local __ssoenv_name="${__ssoenv_base_names[$1]}" __ssoenv_was="${__ssoenv_base_values[$1]}"
    \builtin unset -v "$__ssoenv_name"
    case "$__ssoenv_was" in
    x=*) \builtin export "$__ssoenv_name=${__ssoenv_was#x=}" ;;
    =*) \builtin printf -v "$__ssoenv_name" %s "${__ssoenv_was#=}" ;;
    esac
}

# --- apply -----------------------------------------------------------------------------------------------------------

# Makes the shell what it was before the first switch, plus the proven snippet; or refuses and changes nothing.
__ssoenv_apply() {
    \builtin local __ssoenv_i
    __ssoenv_refuse_read_only "${__ssoenv_names[@]}" "${__ssoenv_base_names[@]}" || \builtin return
    __ssoenv_remember
    for __ssoenv_i in "${!__ssoenv_base_names[@]}"; do
        case " ${__ssoenv_names[*]} " in
        *" ${__ssoenv_base_names[__ssoenv_i]} "*) ;;
        *) __ssoenv_put_back "$__ssoenv_i" ;;
        esac
    done
    for __ssoenv_i in "${!__ssoenv_names[@]}"; do
        # Removing it first drops what else a user may have declared of it, such as `integer`.
        \builtin unset -v "${__ssoenv_names[__ssoenv_i]}"
        case "${__ssoenv_values[__ssoenv_i]}" in
        =*) \builtin export "${__ssoenv_names[__ssoenv_i]}=${__ssoenv_values[__ssoenv_i]#=}" ;;
        esac
    done
}

__ssoenv_refuse_read_only() {
    \builtin local __ssoenv_name
    for __ssoenv_name in "$@"; do
        # What a snippet names is proven; what the memory names may have come from the environment.
        __ssoenv_is_ours "$__ssoenv_name" && \builtin continue
        __ssoenv_say 'the memory of this shell was changed by something else, so nothing was changed. Start a new shell.'
        \builtin return 7
    done
    __ssoenv_are_writable "$@" && \builtin return
    for __ssoenv_name in "$@"; do
        __ssoenv_are_writable "$__ssoenv_name" ||
            __ssoenv_say "$__ssoenv_name is read-only in this shell, so nothing was changed. Start a shell without it."
    done
    \builtin return 7
}

__ssoenv_say() {
    \builtin printf 'ssouse: %s\n' "$1" >&2
}

# --- commands --------------------------------------------------------------------------------------------------------

# Fills __ssoenv_text with what the program prints for the words in __ssoenv_words; fails with its status.
__ssoenv_capture() {
    {
        # The x keeps the last newline, which $() would cut off.
        __ssoenv_text="$(
            {
                \builtin set +xveuTEa
                \builtin trap - ERR
            } 2>/dev/null
            \command ssoenv use --shell bash --wrapper 1 ${__ssoenv_words[@]+"${__ssoenv_words[@]}"} 2>&3 3>&- &&
                \builtin printf x
        )" || \builtin return
        __ssoenv_text="${__ssoenv_text%x}"
    } 3>&2 2>/dev/null # where an older bash with set -x would show the text; the program keeps its stderr
}

__ssoenv_switch() {
    \builtin local -a __ssoenv_names __ssoenv_values
    if ! __ssoenv_check; then
        __ssoenv_say 'refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. If ssoenv was updated, start a new shell.'
        \builtin return 7
    fi
    \builtin local __ssoenv_inherited="${AWS_SSO_PROFILE-}"
    __ssoenv_apply || \builtin return
    [[ ${#__ssoenv_now[@]} -gt 0 || -z "$__ssoenv_inherited" ]] || __ssoenv_now=("$__ssoenv_inherited")
    [[ "${__ssoenv_now[*]}" == "${__ssoenv_words[*]}" ]] || __ssoenv_before=("${__ssoenv_now[@]}")
    __ssoenv_now=("${__ssoenv_words[@]}")
}

__ssoenv_off() {
    \builtin local __ssoenv_i
    if [[ ${#__ssoenv_base_names[@]} -gt 0 ]]; then
        __ssoenv_refuse_read_only "${__ssoenv_base_names[@]}" || \builtin return
        for __ssoenv_i in "${!__ssoenv_base_names[@]}"; do __ssoenv_put_back "$__ssoenv_i"; done
        __ssoenv_base_names=() __ssoenv_base_values=()
    elif [[ -n "${SSOENV_SET-}" ]]; then
        \builtin local IFS=' '
        \builtin local -a __ssoenv_names
        # shellcheck disable=SC2206 # split at blanks; ssouse has switched globbing off
        __ssoenv_names=($SSOENV_SET SSOENV_SET)
        for __ssoenv_i in "${__ssoenv_names[@]}"; do
            __ssoenv_is_ours "$__ssoenv_i" && \builtin continue
            __ssoenv_say 'SSOENV_SET holds something else than names of variables, so nothing was changed.'
            \builtin return 7
        done
        __ssoenv_refuse_read_only "${__ssoenv_names[@]}" || \builtin return
        \builtin unset -v "${__ssoenv_names[@]}"
        __ssoenv_say 'the switch was made in a parent shell, which alone knows the earlier values: what it had set is removed here.'
    else
        __ssoenv_say 'this shell has not been switched.'
    fi
    [[ ${#__ssoenv_now[@]} -eq 0 ]] || __ssoenv_before=("${__ssoenv_now[@]}")
    __ssoenv_now=()
}

ssouse() {
    if ! __ssoenv_are_writable IFS LC_ALL; then
        __ssoenv_say 'IFS or LC_ALL is read-only in this shell, so nothing was changed. Start a shell without it.'
        \builtin return 7
    fi
    \builtin local __ssoenv_options="$-" __ssoenv_option __ssoenv_text='' __ssoenv_case=-u __ssoenv_status=0 IFS=$' \t\n'
    \builtin local -a __ssoenv_words
    # Without tracing (set -x, set -v, DEBUG traps), so that no secret is shown; without -a, -e, -E, -u, globbing, an odd
    # IFS and patterns that ignore case, which are the caller's business. In bash 5 `local -` brings the options back,
    # however the function ends. An older one would leave them changed at Ctrl-C, so there they stay as they are while
    # the program runs.
    if ((BASH_VERSINFO[0] > 4)); then
        \builtin local -
        { \builtin set +xveuTEa -f; } 2>/dev/null
    fi
    __ssoenv_words=("$@")
    case " $* " in
    *' --help '* | ' -h ')
        \command ssoenv use --help
        \builtin return
        ;;
    ' --off ') ;;
    ' - ')
        if [[ -z "${__ssoenv_before[0]+set}" ]]; then
            __ssoenv_say 'there was no earlier switch in this shell.'
            \builtin return 2
        fi
        __ssoenv_words=("${__ssoenv_before[@]}")
        ;;
    *' --off '* | *' - '*)
        __ssoenv_say "'-' and '--off' take nothing else."
        \builtin return 2
        ;;
    esac
    [[ " $* " == ' --off ' ]] || __ssoenv_capture || \builtin return
    { \builtin set +xveuTEa -f; } 2>/dev/null
    ! \builtin shopt -q nocasematch || __ssoenv_case=-s
    \builtin shopt -u nocasematch
    if [[ " $* " == ' --off ' ]]; then __ssoenv_off; else __ssoenv_switch; fi || __ssoenv_status=$?
    \builtin shopt "$__ssoenv_case" nocasematch
    \builtin set +f
    for __ssoenv_option in f a T E u e v x; do
        case "$__ssoenv_options" in *"$__ssoenv_option"*) \builtin set "-$__ssoenv_option" ;; esac
    done
    \builtin return "$__ssoenv_status"
}
