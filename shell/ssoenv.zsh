# ssoenv for zsh: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  eval "$(ssoenv init zsh)"
#
# Each shell's file has the same sections in the same order: check, memory, apply, commands. Builtins are called as
# \builtin, and programs as \command, so that no alias or function of the user's stands in. The program `ssoenv` only
# prints. What it printed is first proven to be nothing but assignments and removals of AWS_* and SSOENV_* variables,
# and these are then made by name: no text is ever evaluated.
#
# The functions are parsed under the user's own options, and run under those that ssouse sets. So they hold no {1..9}
# and no pattern in parentheses, which sh emulation reads otherwise.

\builtin unalias ssouse 2>/dev/null || \builtin true

# --- check -----------------------------------------------------------------------------------------------------------

# Proves that __ssoenv_text is a snippet, and fills __ssoenv_names and __ssoenv_values (`=value` sets, `-` removes).
__ssoenv_check() {
    \builtin local LC_ALL=C __ssoenv_line __ssoenv_name __ssoenv_value
    \builtin local __ssoenv_quote=\' __ssoenv_escaped="'\\''" __ssoenv_end=$'\n# ssoenv/end\n'
    \builtin local -a __ssoenv_lines
    case "$__ssoenv_text" in *"$__ssoenv_end") ;; *) \builtin return 1 ;; esac
    __ssoenv_lines=("${(@f)__ssoenv_text%$__ssoenv_end}")
    __ssoenv_value="${__ssoenv_lines[1]}"
    case "$__ssoenv_value" in "# ssoenv/1 "*) ;; *) \builtin return 1 ;; esac
    case "${__ssoenv_value#"# ssoenv/1 "}" in "" | *[!0123456789]*) \builtin return 1 ;; esac
    [[ ${#__ssoenv_lines} -gt 1 ]] || \builtin return 1
    for __ssoenv_line in "${(@)__ssoenv_lines[2,-1]}"; do
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
                case "${__ssoenv_value//$__ssoenv_escaped/}" in *\'*) \builtin return 1 ;; esac
                __ssoenv_value="${__ssoenv_value//$__ssoenv_escaped/$__ssoenv_quote}"
                ;;
            esac
            __ssoenv_value="=$__ssoenv_value"
            ;;
        *) \builtin return 1 ;;
        esac
        __ssoenv_is_ours "$__ssoenv_name" || \builtin return 1
        __ssoenv_names+=("$__ssoenv_name")
        __ssoenv_values+=("$__ssoenv_value")
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

# --- memory ----------------------------------------------------------------------------------------------------------
# Never exported: __ssoenv_base_names and __ssoenv_base_values hold what was there before the first switch (`x=value`
# exported, `=value` not exported, `-` absent); __ssoenv_now and __ssoenv_before the arguments of the last two switches.

\builtin typeset -ga __ssoenv_base_names __ssoenv_base_values __ssoenv_now __ssoenv_before

__ssoenv_remember() {
    \builtin local __ssoenv_name __ssoenv_was
    for __ssoenv_name in "${__ssoenv_names[@]}"; do
        [[ ${__ssoenv_base_names[(Ie)$__ssoenv_name]} -eq 0 ]] || \builtin continue
        case "${(Pt)__ssoenv_name}" in
        "") __ssoenv_was=- ;;
        *export*) __ssoenv_was="x=${(P)__ssoenv_name}" ;;
        *) __ssoenv_was="=${(P)__ssoenv_name}" ;;
        esac
        __ssoenv_base_names+=("$__ssoenv_name")
        __ssoenv_base_values+=("$__ssoenv_was")
    done
}

__ssoenv_put_back() {
    \builtin local __ssoenv_name="${__ssoenv_base_names[$1]}" __ssoenv_was="${__ssoenv_base_values[$1]}"
    \builtin unset -v "$__ssoenv_name"
    case "$__ssoenv_was" in
    x=*) \builtin export "$__ssoenv_name=${__ssoenv_was#x=}" ;;
    "="*) \builtin typeset -g "$__ssoenv_name=${__ssoenv_was#=}" ;;
    esac
}

# --- apply -----------------------------------------------------------------------------------------------------------

# Makes the shell what it was before the first switch, plus the proven snippet; or refuses and changes nothing.
__ssoenv_apply() {
    \builtin local __ssoenv_i
    __ssoenv_refuse_read_only "${__ssoenv_names[@]}" "${__ssoenv_base_names[@]}" || \builtin return
    __ssoenv_remember
    for ((__ssoenv_i = 1; __ssoenv_i <= ${#__ssoenv_base_names}; __ssoenv_i++)); do
        [[ ${__ssoenv_names[(Ie)${__ssoenv_base_names[__ssoenv_i]}]} -ne 0 ]] || __ssoenv_put_back "$__ssoenv_i"
    done
    for ((__ssoenv_i = 1; __ssoenv_i <= ${#__ssoenv_names}; __ssoenv_i++)); do
        # Removing it first drops what else a user may have declared of it, such as `integer`.
        \builtin unset -v "${__ssoenv_names[__ssoenv_i]}"
        case "${__ssoenv_values[__ssoenv_i]}" in
        "="*) \builtin export "${__ssoenv_names[__ssoenv_i]}=${__ssoenv_values[__ssoenv_i]#=}" ;;
        esac
    done
}

__ssoenv_refuse_read_only() {
    \builtin local __ssoenv_name __ssoenv_status=0
    for __ssoenv_name in "${(@u)@}"; do
        # What a snippet names is proven; what the memory names may have come from the environment.
        if ! __ssoenv_is_ours "$__ssoenv_name"; then
            __ssoenv_say 'the memory of this shell was changed by something else, so nothing was changed. Start a new shell.'
            \builtin return 7
        fi
        case "${(Pt)__ssoenv_name}" in
        *readonly*)
            __ssoenv_say "$__ssoenv_name is read-only in this shell, so nothing was changed. Start a shell without it."
            __ssoenv_status=7
            ;;
        esac
    done
    \builtin return "$__ssoenv_status"
}

__ssoenv_say() {
    \builtin printf 'ssouse: %s\n' "$1" >&2
}

# --- commands --------------------------------------------------------------------------------------------------------

__ssoenv_switch() {
    \builtin local __ssoenv_text
    \builtin local -a __ssoenv_names __ssoenv_values
    # The x keeps the last newline, which $() would cut off.
    __ssoenv_text="$(\command ssoenv use --shell zsh --wrapper 1 "$@" && \builtin printf x)" || \builtin return
    __ssoenv_text="${__ssoenv_text%x}"
    if ! __ssoenv_check; then
        __ssoenv_say 'refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. If ssoenv was updated, start a new shell.'
        \builtin return 7
    fi
    \builtin local __ssoenv_inherited="${AWS_SSO_PROFILE-}"
    __ssoenv_apply || \builtin return
    [[ ${#__ssoenv_now} -gt 0 || -z "$__ssoenv_inherited" ]] || __ssoenv_now=("$__ssoenv_inherited")
    [[ "${__ssoenv_now[*]}" == "$*" ]] || __ssoenv_before=("${__ssoenv_now[@]}")
    __ssoenv_now=("$@")
}

__ssoenv_off() {
    \builtin local __ssoenv_i
    if [[ ${#__ssoenv_base_names} -gt 0 ]]; then
        __ssoenv_refuse_read_only "${__ssoenv_base_names[@]}" || \builtin return
        for ((__ssoenv_i = 1; __ssoenv_i <= ${#__ssoenv_base_names}; __ssoenv_i++)); do __ssoenv_put_back "$__ssoenv_i"; done
        __ssoenv_base_names=() __ssoenv_base_values=()
    elif [[ -n "${SSOENV_SET-}" ]]; then
        \builtin local -a __ssoenv_names
        __ssoenv_names=(${(s: :)SSOENV_SET} SSOENV_SET)
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
    [[ ${#__ssoenv_now} -eq 0 ]] || __ssoenv_before=("${__ssoenv_now[@]}")
    __ssoenv_now=()
}

__ssoenv_back() {
    if [[ ${#__ssoenv_before} -eq 0 ]]; then
        __ssoenv_say 'there was no earlier switch in this shell.'
        \builtin return 2
    fi
    __ssoenv_switch "${__ssoenv_before[@]}"
}

__ssoenv_command() {
    case " $* " in
    *' --help '* | ' -h ') \command ssoenv use --help ;;
    ' --off ') __ssoenv_off ;;
    ' - ') __ssoenv_back ;;
    *' --off '* | *' - '*)
        __ssoenv_say "'-' and '--off' take nothing else."
        \builtin return 2
        ;;
    *) __ssoenv_switch "$@" ;;
    esac
}

# Not `ssouse()`: where an alias has that name, zsh can't even parse it.
function ssouse {
    # zsh's own behaviour, whatever the caller has set, bytes instead of characters, and no tracing (set -x, set -v,
    # DEBUG traps), so that no secret is shown; until the function ends, however it does.
    {
        \builtin emulate -L zsh -o no_multibyte -o no_xtrace -o no_verbose
        \builtin trap - DEBUG ZERR
    } 2>/dev/null
    if [[ "${(t)IFS} ${(t)LC_ALL-}" == *readonly* ]]; then
        __ssoenv_say 'IFS or LC_ALL is read-only in this shell, so nothing was changed. Start a shell without it.'
        \builtin return 7
    fi
    \builtin local IFS=$' \t\n'
    __ssoenv_command "$@"
}
