# ssoenv for zsh: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  eval "$(ssoenv init zsh)"
#
# Each shell's file has the same sections in the same order: check, shelf, memory, apply, commands, prompt. Builtins are
# called as \builtin, and programs as \command, so that no alias or function of the user's stands in. The program
# `ssoenv` only prints. What it printed, now or when the shelf got it, is first proven to be nothing but assignments and
# removals of AWS_* and SSOENV_* variables, and these are then made by name: no text is ever evaluated.
#
# The functions are parsed under the user's own options, and run under those that ssouse and the hook set. So they hold
# no {1..9} and no pattern in parentheses, which sh emulation reads otherwise. They run on bytes instead of characters,
# so in a pattern A-Z is these letters alone in each locale.

\builtin unalias ssouse 2>/dev/null || \builtin true

# --- check -----------------------------------------------------------------------------------------------------------

# Proves that __ssoenv_lines are a snippet, and fills __ssoenv_names, and __ssoenv_sets with `NAME=value` for those set.
# All lines take each step together, which is faster than one line after the other.
__ssoenv_check() {
    \builtin local __ssoenv_escaped="'\\''" __ssoenv_quote=\'
    \builtin local -a __ssoenv_body
    [[ "${__ssoenv_lines[1]}" == '# ssoenv/1 '* && "${__ssoenv_lines[-1]}" == '# ssoenv/end' ]] || \builtin return 1
    __ssoenv_is_number "${__ssoenv_lines[1]#'# ssoenv/1 '}" || \builtin return 1
    __ssoenv_body=("${(@)__ssoenv_lines[2,-2]}") __ssoenv_names=()
    if [[ "${__ssoenv_body[1]}" == 'builtin unset -v '* ]]; then
        __ssoenv_names=("${(@s: :)${__ssoenv_body[1]#builtin unset -v }}")
        __ssoenv_body[1]=()
    fi
    __ssoenv_sets=("${(@M)__ssoenv_body:#builtin export [A-Z0-9_]##=\'*\'}")
    ((${#__ssoenv_body} == ${#__ssoenv_sets} && ${#__ssoenv_names} + ${#__ssoenv_sets} > 0)) || \builtin return 1
    # On a long value this takes away the last quote three times as fast as % does.
    __ssoenv_sets=("${(@)${(@)${(@)__ssoenv_sets#builtin export }/%\'/}/=\'/=}")
    [[ "${(j::)__ssoenv_sets}" != *[$'\0'-$'\x1f'$'\x7f']* ]] || \builtin return 1
    if [[ "${(j::)__ssoenv_sets}" == *\'* ]]; then # then each quote in a value is written '\''
        [[ "${(j: :)__ssoenv_sets//$__ssoenv_escaped/}" != *\'* ]] || \builtin return 1
        __ssoenv_sets=("${(@)__ssoenv_sets//$__ssoenv_escaped/$__ssoenv_quote}")
    fi
    __ssoenv_names+=("${(@)__ssoenv_sets%%=*}")
    # Most switches touch the same variables as the one before.
    [[ "${(j: :)__ssoenv_names}" != "$__ssoenv_proven" ]] || \builtin return 0
    __ssoenv_are_ours "${__ssoenv_names[@]}" && __ssoenv_proven="${(j: :)__ssoenv_names}"
}

# No number has more digits than zsh can count with.
__ssoenv_is_number() {
    [[ "$1" == [0-9]## && ${#1} -lt 16 ]]
}

__ssoenv_are_ours() {
    \builtin local -a __ssoenv_others
    __ssoenv_others=("${(@)@:#AWS_[A-Z0-9_]##}")
    __ssoenv_others=("${(@)__ssoenv_others:#SSOENV_[A-Z0-9_]##}")
    [[ ${#__ssoenv_others} -eq 0 ]]
}

# --- shelf -----------------------------------------------------------------------------------------------------------
# What an earlier switch by the same words has left, in a private folder; ssoenv/shelf.py has the form of its files.

# Fills __ssoenv_lines with the snippet for __ssoenv_words, and __ssoenv_summary; fails on any doubt, and starts nothing.
__ssoenv_take() {
    \builtin local __ssoenv_file __ssoenv_meaning __ssoenv_i __ssoenv_source __ssoenv_from __ssoenv_expiration \
        __ssoenv_life
    __ssoenv_find || \builtin return
    [[ -f "$__ssoenv_file" && ! -L "$__ssoenv_file" && -O "$__ssoenv_file" && -r "$__ssoenv_file" ]] || \builtin return
    __ssoenv_lines=("${(@f)$(<$__ssoenv_file)}")
    __ssoenv_i=${#__ssoenv_lines}
    ((__ssoenv_i > 7)) && [[ "${__ssoenv_lines[__ssoenv_i]}" == '# ssoenv/shelf' ]] &&
        [[ "${__ssoenv_lines[__ssoenv_i - 6]}" == "# for $__ssoenv_meaning" ]] &&
        [[ "${__ssoenv_lines[__ssoenv_i - 5]}" == '# from '* && "${__ssoenv_lines[__ssoenv_i - 3]}" == '# says '* ]] &&
        [[ "${__ssoenv_lines[__ssoenv_i - 2]}" == '# needs '* && "${__ssoenv_lines[__ssoenv_i - 1]}" == '# newer '* ]] &&
        [[ -e "${__ssoenv_lines[__ssoenv_i - 2]#'# needs '}" ]] || \builtin return
    for __ssoenv_source in "${(@ps:\t:)${__ssoenv_lines[__ssoenv_i - 1]#'# newer '}}"; do
        [[ "$__ssoenv_file" -nt "$__ssoenv_source" || ! -e "$__ssoenv_source" ]] || \builtin return
    done
    __ssoenv_summary="${__ssoenv_lines[__ssoenv_i - 3]#'# says '}"
    __ssoenv_from="${__ssoenv_lines[__ssoenv_i - 5]#'# from '}"
    __ssoenv_expiration="${__ssoenv_lines[1]##* }"
    [[ "$__ssoenv_summary" != *[$'\0'-$'\x1f'$'\x7f']* ]] || \builtin return
    __ssoenv_is_number "$__ssoenv_from" && __ssoenv_is_number "$__ssoenv_expiration" || \builtin return
    __ssoenv_read_clock
    ((__ssoenv_from <= __ssoenv_time && __ssoenv_expiration >= __ssoenv_time + 300)) || \builtin return
    if [[ -n "$__ssoenv_summary" ]]; then
        __ssoenv_life=$((__ssoenv_expiration - __ssoenv_time)) __ssoenv_summary+=' · '
        ((__ssoenv_life < 3600)) || __ssoenv_summary+="$((__ssoenv_life / 3600)) h "
        __ssoenv_summary+="$((__ssoenv_life % 3600 / 60)) min left"
    fi
    __ssoenv_lines=("${(@)__ssoenv_lines[1,__ssoenv_i - 7]}")
}

# Tells where the snippet for __ssoenv_words would be, and what its file must say; fails without a private folder.
__ssoenv_find() {
    \builtin local __ssoenv_folder="${XDG_CACHE_HOME:-${HOME-}/.cache}/ssoenv/shelf"
    \builtin local __ssoenv_typed="${(j: :)__ssoenv_words}"
    [[ -z "${XDG_RUNTIME_DIR-}" ]] || __ssoenv_folder="$XDG_RUNTIME_DIR/ssoenv"
    # In a sticky folder nobody renames or removes what is not theirs, whatever else its mode allows.
    [[ -d "$__ssoenv_folder" && ! -L "$__ssoenv_folder" && -O "$__ssoenv_folder" && -k "$__ssoenv_folder" ]] ||
        \builtin return
    __ssoenv_meaning="$__ssoenv_typed"$'\t'"${HOME-}"$'\t'"${AWS_CONFIG_FILE-}"
    __ssoenv_meaning+=$'\t'"${AWS_SHARED_CREDENTIALS_FILE-}"$'\t'"${SSOENV_CONFIG-}"$'\t'"${XDG_CONFIG_HOME-}"
    __ssoenv_file="${__ssoenv_typed//[^A-Za-z0-9-]##/_}"
    __ssoenv_file="$__ssoenv_folder/${__ssoenv_file[1,100]}.posix"
    [[ -n "$__ssoenv_typed" ]]
}

# Lets __ssoenv_time be POSIX seconds: what a prompt can show needs no module.
__ssoenv_read_clock() {
    __ssoenv_time='%D{%s}'
    __ssoenv_time="${(%)__ssoenv_time}"
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
    if [[ "${(j: :)__ssoenv_names}" == "${(j: :)__ssoenv_base_names}" ]]; then
        __ssoenv_refuse_read_only "${__ssoenv_names[@]}" || \builtin return
    else
        __ssoenv_check_memory || \builtin return
        __ssoenv_refuse_read_only "${__ssoenv_names[@]}" "${__ssoenv_base_names[@]}" || \builtin return
        __ssoenv_remember
        for ((__ssoenv_i = 1; __ssoenv_i <= ${#__ssoenv_base_names}; __ssoenv_i++)); do
            [[ ${__ssoenv_names[(Ie)${__ssoenv_base_names[__ssoenv_i]}]} -ne 0 ]] || __ssoenv_put_back "$__ssoenv_i"
        done
    fi
    # Removing a variable first drops what else a user may have declared of it, such as `integer`.
    \builtin unset -v "${__ssoenv_names[@]}"
    [[ ${#__ssoenv_sets} -eq 0 ]] || \builtin export "${__ssoenv_sets[@]}"
    __ssoenv_own
}

# Takes the keys that are there for those of the labels beside them, which may be renewed.
__ssoenv_own() {
    __ssoenv_key="${AWS_ACCESS_KEY_ID-}" __ssoenv_over=''
    __ssoenv_labels="${AWS_SSO_PROFILE-} ${AWS_SSO_ACCOUNT_ID-} ${SSOENV_EXPIRATION-}" __ssoenv_labelled="$__ssoenv_key"
}

# What a snippet names is proven; what the memory names may have come from the environment.
__ssoenv_check_memory() {
    __ssoenv_are_ours "${__ssoenv_base_names[@]}" && \builtin return
    __ssoenv_say 'the memory of this shell was changed by something else, so nothing was changed. Start a new shell.'
    \builtin return 7
}

# Fails, and says so, when one of the named variables can't be changed, or would not stay as a switch sets it.
__ssoenv_refuse_read_only() {
    \builtin local __ssoenv_name __ssoenv_status=0
    for __ssoenv_name in "${(@u)@}"; do
        case "${(Pt)__ssoenv_name}" in
        *readonly*)
            __ssoenv_say "$__ssoenv_name is read-only in this shell, so nothing was changed. Start a shell without it."
            __ssoenv_status=7
            ;;
        *local*)
            __ssoenv_say "$__ssoenv_name is a local variable here, so nothing was changed. Use ssouse outside of what set it."
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

__ssoenv_run() {
    if ! \builtin whence -p ssoenv >/dev/null; then
        __ssoenv_say 'there is no program ssoenv on PATH. Nothing was changed.'
        \builtin return 127
    fi
    \command ssoenv use "$@"
}

# Fills __ssoenv_lines with what the program prints for the words in __ssoenv_words; fails with its status.
__ssoenv_capture() {
    \builtin local __ssoenv_text
    # The x keeps the last newline, which $() would cut off.
    __ssoenv_text="$(__ssoenv_run --shell zsh --wrapper 1 "${__ssoenv_words[@]}" && \builtin printf x)" ||
        \builtin return
    __ssoenv_text="${__ssoenv_text%x}"
    __ssoenv_lines=()
    case "$__ssoenv_text" in *$'\n') __ssoenv_lines=("${(@f)${__ssoenv_text[1,-2]}}") ;; esac
}

__ssoenv_switch() {
    \builtin local __ssoenv_time __ssoenv_summary='' __ssoenv_inherited="${AWS_SSO_PROFILE-}"
    \builtin local -a __ssoenv_names __ssoenv_sets __ssoenv_lines
    if ! { __ssoenv_take && __ssoenv_check; }; then
        __ssoenv_summary=''
        __ssoenv_capture || \builtin return
        if ! __ssoenv_check; then
            __ssoenv_say 'refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. If ssoenv was updated, start a new shell.'
            \builtin return 7
        fi
    fi
    __ssoenv_apply || \builtin return
    __ssoenv_asked=0 __ssoenv_wait_again_at=0
    [[ ${#__ssoenv_now} -gt 0 || -z "$__ssoenv_inherited" ]] || __ssoenv_now=("$__ssoenv_inherited")
    [[ ${#__ssoenv_now} -eq 0 || "${(j: :)__ssoenv_now}" == "${(j: :)__ssoenv_words}" ]] ||
        __ssoenv_before=("${__ssoenv_now[@]}")
    __ssoenv_now=("${__ssoenv_words[@]}")
    [[ -z "$__ssoenv_summary" ]] || \builtin printf '%s\n' "$__ssoenv_summary" >&2
}

__ssoenv_off() {
    \builtin local __ssoenv_i
    \builtin local -a __ssoenv_names
    if [[ ${#__ssoenv_base_names} -gt 0 ]]; then
        __ssoenv_check_memory && __ssoenv_refuse_read_only "${__ssoenv_base_names[@]}" || \builtin return
        for ((__ssoenv_i = 1; __ssoenv_i <= ${#__ssoenv_base_names}; __ssoenv_i++)); do __ssoenv_put_back "$__ssoenv_i"; done
        __ssoenv_base_names=() __ssoenv_base_values=()
        __ssoenv_own
        [[ -z "${SSOENV_SET-}" ]] || __ssoenv_say 'this shell is again what its parent was switched to. To end that, too, once more: ssouse --off'
    elif [[ -n "${SSOENV_SET-}" ]]; then
        __ssoenv_names=(${(s: :)SSOENV_SET} SSOENV_SET)
        if ! __ssoenv_are_ours "${__ssoenv_names[@]}"; then
            __ssoenv_say 'SSOENV_SET holds something other than names of variables, so nothing was changed.'
            \builtin return 7
        fi
        __ssoenv_refuse_read_only "${__ssoenv_names[@]}" || \builtin return
        \builtin unset -v "${__ssoenv_names[@]}"
        __ssoenv_say 'this shell did not make the switch: what it set is removed, nothing restored.'
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
    __ssoenv_words=("${__ssoenv_before[@]}")
    __ssoenv_switch
}

# Not `ssouse()`: where an alias has that name, zsh can't even parse it.
function ssouse {
    # zsh's own behaviour, whatever the caller has set, bytes instead of characters, and no tracing (set -x, set -v,
    # DEBUG traps), so that no secret is shown; until the function ends, however it does.
    {
        \builtin emulate -L zsh -o extended_glob -o no_multibyte -o no_all_export -o no_err_exit -o no_err_return \
            -o no_xtrace -o no_verbose -o no_force_float
        \builtin trap - DEBUG ZERR
    } 2>/dev/null
    \builtin local -a __ssoenv_words
    __ssoenv_words=("$@")
    case " ${(j: :)@} " in
    *' --help '* | ' -h ') __ssoenv_run --help ;;
    *' --forget '*) __ssoenv_run "$@" ;;
    ' --off ') __ssoenv_off ;;
    ' - ') __ssoenv_back ;;
    *' --off '* | *' - '*)
        __ssoenv_say "'-' and '--off' take nothing else."
        \builtin return 2
        ;;
    *) __ssoenv_switch ;;
    esac
    \builtin return # by this, a failure stops a caller with err_exit: what a `case` came to counts as handled
}

# --- prompt ----------------------------------------------------------------------------------------------------------
# Before each prompt, SSOENV_PROMPT is made to say what this shell is; and keys that expire soon are renewed by a program
# in the background, which leaves them on the shelf for the prompt after. A command that would run with keys that are
# over waits for new ones. Nothing else here starts a process.

# Prints the segment. With prompt_subst, PROMPT='$SSOENV_PROMPT %# ' needs no process.
ssoenv_prompt() {
    \builtin printf %s "${SSOENV_PROMPT-}"
}

# Runs before each prompt, and before each command line, which zsh hands over then.
__ssoenv_hook() {
    case "${1-}" in
    *[\;\&\|$'\n']*) ;;
    ssouse* | ssoenv*) \builtin return 0 ;; # which need no keys
    esac
    if [[ -z "${AWS_SSO_PROFILE:+x}${AWS_PROFILE:+x}${AWS_ACCESS_KEY_ID:+x}" ]]; then
        \builtin typeset -g SSOENV_PROMPT='' __ssoenv_drawn=''
        \builtin typeset -g +x SSOENV_PROMPT __ssoenv_drawn
        \builtin return 0
    fi
    \builtin local +x __ssoenv_bang='!'
    [[ ! -o prompt_bang ]] || __ssoenv_bang='!!' # which a prompt shows as one
    { # as in ssouse
        \builtin emulate -L zsh -o extended_glob -o no_multibyte -o no_all_export -o no_err_exit -o no_err_return \
            -o no_xtrace -o no_verbose -o no_force_float
        \builtin trap - DEBUG ZERR
    } 2>/dev/null
    \builtin local __ssoenv_time __ssoenv_left='' __ssoenv_minutes='' __ssoenv_life='' __ssoenv_command="$#" __ssoenv_seen
    if __ssoenv_is_number "$SSOENV_EXPIRATION"; then
        __ssoenv_read_clock
        ((__ssoenv_left = SSOENV_EXPIRATION - __ssoenv_time))
        if __ssoenv_is_number "$SSOENV_RENEW" && [[ "$AWS_ACCESS_KEY_ID" == "$__ssoenv_key" ]] &&
            ((SSOENV_RENEW > 0 && __ssoenv_left < (__ssoenv_command ? 60 : SSOENV_RENEW))); then
            __ssoenv_renew
            ((__ssoenv_left = SSOENV_EXPIRATION - __ssoenv_time))
        fi
        ((__ssoenv_minutes = __ssoenv_left > 0 ? (__ssoenv_left - 1) / 60 : -1)) # a second that has begun is over
    fi
    ((__ssoenv_command == 0)) || \builtin return 0
    __ssoenv_seen="$__ssoenv_bang$AWS_SSO_PROFILE/$__ssoenv_over/$NO_COLOR/$TERM/$SSOENV_KIND\
/$AWS_ACCESS_KEY_ID/$AWS_SSO_ACCOUNT_ID/$SSOENV_EXPIRATION/$AWS_CONTAINER_CREDENTIALS_FULL_URI/$AWS_PROFILE"
    if [[ "$__ssoenv_seen" != "$__ssoenv_drawn" || "$__ssoenv_minutes" != "$__ssoenv_shown" ]]; then
        ((__ssoenv_minutes < 60)) && __ssoenv_life="${__ssoenv_minutes}m" ||
            __ssoenv_life="$((__ssoenv_minutes / 60))h$((__ssoenv_minutes % 60))m"
        if [[ "$__ssoenv_seen" == "$__ssoenv_drawn" && -n "$__ssoenv_shown_before" ]] && ((__ssoenv_left > 600)); then
            __ssoenv_segment="$__ssoenv_shown_before$__ssoenv_life$__ssoenv_shown_behind"
        else
            __ssoenv_draw
        fi
        __ssoenv_drawn="$__ssoenv_seen" __ssoenv_shown="$__ssoenv_minutes"
    fi
    \builtin typeset -g +x SSOENV_PROMPT="$__ssoenv_segment"
    \builtin return 0
}

# Takes newer keys from the shelf, or has some got: for the next prompt, or for the command that is about to run.
__ssoenv_renew() {
    \builtin local __ssoenv_was="$SSOENV_EXPIRATION" __ssoenv_meaning __ssoenv_file
    \builtin local -a __ssoenv_words
    __ssoenv_words=("${__ssoenv_now[@]}")
    [[ ${#__ssoenv_now} -gt 0 ]] || __ssoenv_words=("${AWS_SSO_PROFILE-}")
    if __ssoenv_take_newer; then
        \builtin return
    elif ((__ssoenv_command)); then
        # If there are none, nobody waits again soon, unless the clock was set back.
        ((__ssoenv_time >= __ssoenv_wait_again_at || __ssoenv_time < __ssoenv_wait_again_at - 300)) || \builtin return
        __ssoenv_wait_again_at=$((__ssoenv_time + 300))
        __ssoenv_find && ! __ssoenv_is_over && \builtin whence -p ssoenv >/dev/null || \builtin return
        \builtin setopt no_monitor # what is no job can't be stopped
        \command ssoenv use --shell zsh --wrapper 1 --renew "${__ssoenv_words[@]}" </dev/null >/dev/null
        __ssoenv_take_newer
    elif [[ -n "$__ssoenv_over" ]] && __ssoenv_find && ! __ssoenv_is_over; then
        __ssoenv_over='' __ssoenv_wait_again_at=0 # there is a login again
        __ssoenv_ask
    elif ((__ssoenv_time - __ssoenv_asked >= 60 || __ssoenv_time < __ssoenv_asked)); then # or the clock was set back
        __ssoenv_ask
    elif [[ -z "$__ssoenv_over" ]] && __ssoenv_find && __ssoenv_is_over; then
        __ssoenv_over=new
    fi
}

# A login is over until its file, which the note about that names, is written again.
__ssoenv_is_over() {
    \builtin local __ssoenv_note="${__ssoenv_file%.posix}.over"
    [[ -f "$__ssoenv_note" && ! "$(<$__ssoenv_note)" -nt "$__ssoenv_note" ]]
}

# Starts the program, which is to renew this shell's keys, and does not wait.
__ssoenv_ask() {
    __ssoenv_asked="$__ssoenv_time"
    \builtin setopt no_bg_nice # where it must not, as in WSL 1, zsh would say so
    (\command ssoenv use --shell zsh --wrapper 1 --renew "${__ssoenv_words[@]}" </dev/null &>/dev/null &)
}

__ssoenv_take_newer() {
    \builtin local __ssoenv_summary
    \builtin local -a __ssoenv_names __ssoenv_sets __ssoenv_lines
    __ssoenv_take && __ssoenv_check && ((${__ssoenv_lines[1]##* } > __ssoenv_was)) || \builtin return
    # What can't be made this shell's is not tried again.
    __ssoenv_apply_keys || __ssoenv_key=-
}

# Sets the keys of a proven snippet, and when they are to be renewed, and nothing else, so that what somebody has set since
# the switch stays, such as a region. Refuses those of another account or role: that would be a switch that nobody has
# asked for.
__ssoenv_apply_keys() {
    \builtin local __ssoenv_name
    \builtin local -a __ssoenv_keys __ssoenv_touched
    for __ssoenv_name in AWS_SSO_ACCOUNT_ID AWS_SSO_ROLE_NAME; do
        [[ "${__ssoenv_sets[(r)$__ssoenv_name=*]#*=}" == "${(P)__ssoenv_name}" ]] || {
            __ssoenv_say 'the keys of this shell are not renewed: what it was switched to is another account or role by now. Switch again.'
            \builtin return 7
        }
    done
    __ssoenv_touched=(AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION SSOENV_EXPIRATION
        SSOENV_RENEW)
    for __ssoenv_name in $__ssoenv_touched; do
        __ssoenv_keys+=("${(@M)__ssoenv_sets:#$__ssoenv_name=*}")
    done
    __ssoenv_refuse_read_only $__ssoenv_touched || \builtin return
    \builtin unset -v $__ssoenv_touched
    \builtin export "${__ssoenv_keys[@]}"
    __ssoenv_own
}

# Fills __ssoenv_segment, and tells what is in it before and behind the time left, if that alone will change. What others
# have named is a value in it and never code, as PROMPT holds nothing but its name; each % of it, and each ! if need be, is
# doubled, and %{ %} tell zsh what takes no room on the screen.
__ssoenv_draw() {
    \builtin local __ssoenv_label="${AWS_SSO_PROFILE:-$AWS_PROFILE}" __ssoenv_color=36 __ssoenv_rest=''
    __ssoenv_shown_behind=''
    \builtin local __ssoenv_account="$AWS_SSO_ACCOUNT_ID"
    \builtin local __ssoenv_mark="$AWS_SSO_PROFILE $__ssoenv_account $SSOENV_EXPIRATION"
    [[ "$SSOENV_KIND" != production ]] || __ssoenv_color=31
    # Labels come with their keys: where only these change, somebody else has set them.
    [[ "$__ssoenv_mark" == "$__ssoenv_labels" ]] || __ssoenv_labels="$__ssoenv_mark" __ssoenv_labelled="$AWS_ACCESS_KEY_ID"
    [[ "$AWS_ACCESS_KEY_ID" == "$__ssoenv_decoded_key" ]] || __ssoenv_decode
    # A switch that set AWS_PROFILE set no keys, and no label: some SDKs take it before keys, and all before a server.
    if [[ -n "$__ssoenv_label" && -n "$AWS_SSO_PROFILE$__ssoenv_account$__ssoenv_left" ]] &&
        [[ -z "$AWS_CONTAINER_CREDENTIALS_FULL_URI" || -n "$AWS_ACCESS_KEY_ID" ]] &&
        [[ -z "$AWS_ACCESS_KEY_ID" || "$AWS_ACCESS_KEY_ID" != "$__ssoenv_labelled" ||
            -n "$__ssoenv_decoded" && "$__ssoenv_decoded" != "${__ssoenv_account:-$__ssoenv_decoded}" ]] ||
        [[ -n "$AWS_ACCESS_KEY_ID" && " $SSOENV_SET " == *' AWS_PROFILE '* ]] ||
        [[ -n "$AWS_SSO_PROFILE" && "${AWS_PROFILE:-$AWS_SSO_PROFILE}" != "$AWS_SSO_PROFILE" ]]; then
        __ssoenv_rest='keys != label'
        case "${LC_ALL:-${LC_CTYPE:-$LANG}}" in *[Uu][Tt][Ff]*) __ssoenv_rest='keys ≠ label' ;; esac
        __ssoenv_color='1;31' __ssoenv_left='' __ssoenv_account="$__ssoenv_decoded"
    fi
    __ssoenv_label="${__ssoenv_label:-keys}" __ssoenv_account="${__ssoenv_account:-$__ssoenv_decoded}"
    __ssoenv_label+="${__ssoenv_account:+ $__ssoenv_account}"
    if [[ "$__ssoenv_label" == *[!\ -~]* ]]; then # controls, and marks that turn or hide what stands around them
        # Each becomes a mark: without any, what stands around it could make another.
        __ssoenv_label="${__ssoenv_label//[$'\0'-$'\x1f'$'\x7f']/?}"
        __ssoenv_label="${__ssoenv_label//$'\xc2'[$'\x80'-$'\x9f']/?}"
        __ssoenv_label="${__ssoenv_label//$'\xe2\x80'[$'\x8b'-$'\x8f'$'\xa8'-$'\xae']/?}"
        __ssoenv_label="${__ssoenv_label//$'\xe2\x81'[$'\xa0\xa6'-$'\xa9']/?}"
        __ssoenv_label="${__ssoenv_label//$'\xd8\x9c'/?}"
        __ssoenv_label="${__ssoenv_label//$'\xef\xbb\xbf'/?}"
    fi
    if [[ -n "$__ssoenv_left" ]]; then
        if ((__ssoenv_left <= 0)); then
            __ssoenv_color="9;$__ssoenv_color" __ssoenv_label+=' expired'
        else
            __ssoenv_rest="$__ssoenv_life"
        fi
    fi
    if [[ "$__ssoenv_over" == new ]]; then
        __ssoenv_rest+="${__ssoenv_rest:+ }login over: ssoenv login" __ssoenv_over=said
    fi
    __ssoenv_label="${${__ssoenv_label//\%/%%}//\!/$__ssoenv_bang}" __ssoenv_rest="${__ssoenv_rest:+ $__ssoenv_rest}"
    if [[ -z "$NO_COLOR" && "$TERM" != dumb ]]; then
        if [[ -n "$__ssoenv_left" ]] && ((__ssoenv_left <= 600)); then
            __ssoenv_rest=$'%{\e[0;33m%}'"$__ssoenv_rest"
        fi
        __ssoenv_label=$'%{\e['"${__ssoenv_color}m%}$__ssoenv_label" __ssoenv_shown_behind=$'%{\e[0m%}'
    fi
    __ssoenv_segment="$__ssoenv_label$__ssoenv_rest$__ssoenv_shown_behind"
    ((__ssoenv_left > 600)) && __ssoenv_shown_before="$__ssoenv_label " || __ssoenv_shown_before=''
}

# Lets __ssoenv_decoded be the account that is written into the access key id, or empty where none is. AWS documents no
# such thing, so it serves to warn alone. ssoenv/aws/keys.py says how it is done.
__ssoenv_decode() {
    \builtin local __ssoenv_digits=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 __ssoenv_i __ssoenv_number=0
    __ssoenv_decoded_key="$AWS_ACCESS_KEY_ID" __ssoenv_decoded=''
    [[ "$__ssoenv_decoded_key" == A[SK]IA[Q-Z2-7][A-Z2-7]## && ${#__ssoenv_decoded_key} -eq 20 ]] || \builtin return
    for ((__ssoenv_i = 5; __ssoenv_i < 15; __ssoenv_i++)); do
        ((__ssoenv_number = __ssoenv_number * 32 + ${__ssoenv_digits[(i)${__ssoenv_decoded_key[__ssoenv_i]}]} - 1))
    done
    ((__ssoenv_number = __ssoenv_number >> 9 & 0xffffffffff))
    __ssoenv_decoded="${(l:12::0:)__ssoenv_number}"
}

# The keys that this file has set are those that it may renew; a child shell has them from its parent.
# Nothing of this comes from the environment nor goes there, also with allexport.
\builtin typeset -g __ssoenv_proven='' __ssoenv_key="${AWS_ACCESS_KEY_ID-}" __ssoenv_asked=0 __ssoenv_wait_again_at=0 \
    __ssoenv_over='' __ssoenv_decoded_key='' __ssoenv_decoded='' __ssoenv_drawn='' __ssoenv_segment='' \
    __ssoenv_labels='' __ssoenv_labelled='' __ssoenv_shown='' __ssoenv_shown_before='' __ssoenv_shown_behind=''
\builtin typeset -g +x __ssoenv_proven __ssoenv_key __ssoenv_asked __ssoenv_wait_again_at __ssoenv_over \
    __ssoenv_decoded_key __ssoenv_decoded __ssoenv_drawn __ssoenv_segment __ssoenv_labels __ssoenv_labelled \
    __ssoenv_shown __ssoenv_shown_before __ssoenv_shown_behind
if [[ -o interactive ]]; then
    \builtin typeset -ga precmd_functions preexec_functions
    if [[ "${precmd_functions[*]}" != *__ssoenv_hook* ]]; then
        precmd_functions+=(__ssoenv_hook)
        preexec_functions+=(__ssoenv_hook)
    fi
fi
