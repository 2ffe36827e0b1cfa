# ssoenv for bash, 3.2 and later: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  eval "$(ssoenv init bash)"
#
# Each shell's file has the same sections in the same order: check, shelf, memory, apply, commands, prompt. Builtins are
# called as \builtin, and programs as \command, so that no alias or function of the user's stands in. The program
# `ssoenv` only prints. What it printed, now or when the shelf got it, is first proven to be nothing but assignments and
# removals of AWS_* and SSOENV_* variables, and these are then made by name: no text is ever evaluated.

\builtin unalias ssouse 2>/dev/null || \builtin true

# --- check -----------------------------------------------------------------------------------------------------------

# Proves that __ssoenv_lines are a snippet, of which __ssoenv_last is the last, and that __ssoenv_summary can be shown;
# fills __ssoenv_expiration, __ssoenv_names, and __ssoenv_sets with `NAME=value'` for those set. All lines take each step
# together, which is faster than one after the other, and as few steps as possible make an array: the last quote is left
# for `export` to drop. Lengths are those of the C locale, which callers have set.
__ssoenv_check() {
    \builtin local IFS=$'\n' __ssoenv_mark=$'\n' __ssoenv_heads __ssoenv_text __ssoenv_values
    \builtin local __ssoenv_quote=\' __ssoenv_escaped="'\\''"
    __ssoenv_expiration="${__ssoenv_lines[0]#'# ssoenv/1 '}"
    # With a first line the heads are never empty, and so never equal to what is proven before anything is.
    [[ __ssoenv_last -gt 1 && -n "${__ssoenv_lines[1]}" && "${__ssoenv_lines[0]}" == '# ssoenv/1 '* &&
        "${__ssoenv_lines[__ssoenv_last]}" == '# ssoenv/end' ]] &&
        __ssoenv_is_number "$__ssoenv_expiration" || \builtin return 1
    \builtin unset -v '__ssoenv_lines[0]' '__ssoenv_lines[__ssoenv_last]'
    # The lines without their values. No line has a newline in it, which thus marks where there was a value.
    __ssoenv_heads="${__ssoenv_lines[*]/=\'*/$__ssoenv_mark}"
    # Most switches touch the same variables as the one before. On a long text `test` is faster than `[[`.
    \builtin test "$__ssoenv_heads" = "$__ssoenv_proven" || __ssoenv_check_heads || \builtin return 1
    [[ "${__ssoenv_lines[1]}" != 'builtin unset '* ]] || \builtin unset -v '__ssoenv_lines[1]'
    IFS=' '
    __ssoenv_text="${__ssoenv_lines[*]}"
    # A regular expression is faster than a pattern.
    [[ ! "$__ssoenv_text$__ssoenv_summary" =~ [[:cntrl:]] ]] || \builtin return 1
    [[ -n "$__ssoenv_text" ]] || \builtin return 0
    __ssoenv_sets=("${__ssoenv_lines[@]/#builtin export /}")
    __ssoenv_sets=("${__ssoenv_sets[@]/=\'/=}")
    __ssoenv_values="${__ssoenv_sets[*]%\'}"
    # Each has lost the words and a quote, and, if it ended with one, another: 17 bytes. A line that is something else, such
    # as a second removal, has not.
    ((${#__ssoenv_text} - ${#__ssoenv_values} == 17 * ${#__ssoenv_sets[@]})) || \builtin return 1
    if [[ "$__ssoenv_values" == *\'* ]]; then # then each quote in a value is written '\''
        [[ "${__ssoenv_values//"$__ssoenv_escaped"/}" != *\'* ]] || \builtin return 1
        __ssoenv_sets=("${__ssoenv_sets[@]//"$__ssoenv_escaped"/$__ssoenv_quote}")
    fi
}

# Proves __ssoenv_heads, and fills __ssoenv_names, which never holds others than proven ones.
__ssoenv_check_heads() {
    \builtin local IFS=' ' __ssoenv_line
    \builtin local -a __ssoenv_found
    __ssoenv_proven='' __ssoenv_remembered='' __ssoenv_found=()
    for __ssoenv_line in "${__ssoenv_lines[@]/=\'*/$__ssoenv_mark}"; do
        case "$__ssoenv_line" in
        'builtin export '*"$__ssoenv_mark")
            __ssoenv_line="${__ssoenv_line#'builtin export '}"
            __ssoenv_found+=("${__ssoenv_line%"$__ssoenv_mark"}")
            ;;
        'builtin unset -v '?*)
            __ssoenv_line="${__ssoenv_line#'builtin unset -v '}"
            # shellcheck disable=SC2206 # split at blanks; globbing is off
            __ssoenv_found=($__ssoenv_line)
            [[ "${__ssoenv_found[*]}" == "$__ssoenv_line" ]] || \builtin return 1
            ;;
        *) \builtin return 1 ;;
        esac
    done
    __ssoenv_are_ours "${__ssoenv_found[@]}" || \builtin return $?
    __ssoenv_names=("${__ssoenv_found[@]}") __ssoenv_proven="$__ssoenv_heads"
}

# No number has more digits than bash can count with.
__ssoenv_is_number() {
    case "$1" in "" | *[!0123456789]* | ????????????????*) \builtin return 1 ;; esac
}

# The letters are spelled out: in some locales the range A-Z holds more.
__ssoenv_are_ours() {
    \builtin local __ssoenv_name
    for __ssoenv_name in "$@"; do
        case "$__ssoenv_name" in
        AWS_ | SSOENV_ | *[!ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_]*) \builtin return 1 ;;
        AWS_* | SSOENV_*) ;;
        *) \builtin return 1 ;;
        esac
    done
}

# Fails when one of the named variables is read-only, by trying a local of that name: no fork, and nothing is changed.
__ssoenv_are_writable() {
    \builtin local "$@" 2>/dev/null
}

# Removes those of the named variables that are references to others, which are nobody's business here. Fails when one is
# read-only, reference or not.
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] > 403)); then
    __ssoenv_drop_references() {
        \builtin unset -n "$@" 2>/dev/null
    }
else # where there are none, or hardly any
    __ssoenv_drop_references() {
        __ssoenv_are_writable "$@"
    }
fi

# --- shelf -----------------------------------------------------------------------------------------------------------
# What an earlier switch by the same words has left, in a private folder; ssoenv/shelf.py has the form of its files.

# Does as __ssoenv_check with the snippet for __ssoenv_words, and fills __ssoenv_summary; fails on any doubt, and starts
# nothing.
__ssoenv_take() {
    \builtin local IFS=$'\t' __ssoenv_file __ssoenv_meaning __ssoenv_line __ssoenv_from __ssoenv_last __ssoenv_life
    __ssoenv_find || \builtin return $?
    [[ -f "$__ssoenv_file" && ! -L "$__ssoenv_file" && -O "$__ssoenv_file" ]] || \builtin return 1
    if ((BASH_VERSINFO[0] > 3)); then
        \builtin mapfile -t __ssoenv_lines
    else
        while IFS='' \builtin read -r __ssoenv_line; do __ssoenv_lines+=("$__ssoenv_line"); done
    fi <"$__ssoenv_file" || \builtin return $?
    ((__ssoenv_last = ${#__ssoenv_lines[@]} - 1))
    ((__ssoenv_last > 6)) && [[ "${__ssoenv_lines[__ssoenv_last]}" == '# ssoenv/shelf' ]] &&
        [[ "${__ssoenv_lines[__ssoenv_last - 6]}" == "# for $__ssoenv_meaning" ]] &&
        [[ "${__ssoenv_lines[__ssoenv_last - 5]}" == '# from '* && "${__ssoenv_lines[__ssoenv_last - 3]}" == '# says '* ]] &&
        [[ "${__ssoenv_lines[__ssoenv_last - 2]}" == '# needs '* && "${__ssoenv_lines[__ssoenv_last - 1]}" == '# newer '* ]] &&
        [[ -e "${__ssoenv_lines[__ssoenv_last - 2]#'# needs '}" ]] || \builtin return 1
    for __ssoenv_line in ${__ssoenv_lines[__ssoenv_last - 1]#'# newer '}; do
        [[ "$__ssoenv_file" -nt "$__ssoenv_line" ]] || \builtin return 1
    done
    __ssoenv_from="${__ssoenv_lines[__ssoenv_last - 5]#'# from '}"
    __ssoenv_summary="${__ssoenv_lines[__ssoenv_last - 3]#'# says '}"
    \builtin unset -v '__ssoenv_lines[__ssoenv_last]' '__ssoenv_lines[__ssoenv_last - 1]' \
        '__ssoenv_lines[__ssoenv_last - 2]' '__ssoenv_lines[__ssoenv_last - 3]' \
        '__ssoenv_lines[__ssoenv_last - 4]' '__ssoenv_lines[__ssoenv_last - 5]' '__ssoenv_lines[__ssoenv_last - 6]'
    ((__ssoenv_last -= 7))
    __ssoenv_check && __ssoenv_is_number "$__ssoenv_from" && __ssoenv_read_clock || \builtin return $?
    ((10#$__ssoenv_from <= __ssoenv_time && 10#$__ssoenv_expiration >= __ssoenv_time + 300)) || \builtin return 1
    [[ -n "$__ssoenv_summary" ]] || \builtin return 0
    __ssoenv_life=$((10#$__ssoenv_expiration - __ssoenv_time)) __ssoenv_summary+=' · '
    ((__ssoenv_life < 3600)) || __ssoenv_summary+="$((__ssoenv_life / 3600)) h "
    __ssoenv_summary+="$((__ssoenv_life % 3600 / 60)) min left"
}

# Tells where the snippet for __ssoenv_words would be, and what its file must say; fails without a private folder.
__ssoenv_find() {
    \builtin local IFS=' ' __ssoenv_folder="${XDG_RUNTIME_DIR:+$XDG_RUNTIME_DIR/ssoenv}"
    \builtin local __ssoenv_words_typed="${__ssoenv_words[*]}"
    : "${__ssoenv_folder:=${XDG_CACHE_HOME:-${HOME-}/.cache}/ssoenv/shelf}"
    # In a sticky folder nobody renames or removes what is not theirs, whatever else its mode allows.
    [[ -d "$__ssoenv_folder" && ! -L "$__ssoenv_folder" && -O "$__ssoenv_folder" && -k "$__ssoenv_folder" ]] ||
        \builtin return 1
    __ssoenv_meaning="$__ssoenv_words_typed"$'\t'"${HOME-}"$'\t'"${AWS_CONFIG_FILE-}"
    __ssoenv_meaning+=$'\t'"${AWS_SHARED_CREDENTIALS_FILE-}"$'\t'"${SSOENV_CONFIG-}"$'\t'"${XDG_CONFIG_HOME-}"
    __ssoenv_file="${__ssoenv_words_typed//[!ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-]/_}"
    while [[ "$__ssoenv_file" == *__* ]]; do __ssoenv_file="${__ssoenv_file//__/_}"; done
    __ssoenv_file="$__ssoenv_folder/${__ssoenv_file:0:100}.posix"
    [[ -n "$__ssoenv_words_typed" ]]
}

# Lets __ssoenv_time be POSIX seconds. An older bash can't tell them by itself: it asks a program, once.
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] > 401)); then
    __ssoenv_read_clock() {
        \builtin printf -v __ssoenv_time '%(%s)T' -1
    }
else
    __ssoenv_read_clock() {
        # Anybody may set SECONDS.
        if [[ -z "${__ssoenv_epoch-}" || "$SECONDS" -lt "$__ssoenv_seconds" ]]; then
            __ssoenv_time="$(\command -p date +%s 2>/dev/null)"
            __ssoenv_is_number "$__ssoenv_time" || \builtin return $?
            __ssoenv_epoch=$((__ssoenv_time - SECONDS))
        fi
        __ssoenv_seconds="$SECONDS" __ssoenv_time=$((__ssoenv_epoch + SECONDS))
    }
fi

# --- memory ----------------------------------------------------------------------------------------------------------
# Never exported: __ssoenv_base_names and __ssoenv_base_values hold what was there before the first switch (`x=value`
# exported, `=value` not exported, `-` absent); __ssoenv_now and __ssoenv_before the arguments of the last two switches.

__ssoenv_remember() {
    \builtin local __ssoenv_name __ssoenv_was __ssoenv_known=" ${__ssoenv_base_names[*]} "
    for __ssoenv_name in "${__ssoenv_names[@]}"; do
        case "$__ssoenv_known" in *" $__ssoenv_name "*) \builtin continue ;; esac
        if [[ -z "${!__ssoenv_name+set}" ]]; then
            __ssoenv_was=-
        elif __ssoenv_is_exported "$__ssoenv_name"; then
            __ssoenv_was="x=${!__ssoenv_name}"
        else
            __ssoenv_was="=${!__ssoenv_name}"
        fi
        # Should Ctrl-C come between, the value of no name is overwritten by the next.
        __ssoenv_base_values[${#__ssoenv_base_names[@]}]="$__ssoenv_was"
        __ssoenv_base_names+=("$__ssoenv_name")
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
    \builtin local __ssoenv_i __ssoenv_all
    if [[ -n "$__ssoenv_remembered" ]] && __ssoenv_drop_references "${__ssoenv_names[@]}"; then
        : # a switch like the one before, which has nothing else to remember or to put back
    else
        __ssoenv_check_memory || \builtin return $?
        __ssoenv_refuse_read_only "${__ssoenv_names[@]}" "${__ssoenv_base_names[@]}" || \builtin return $?
        __ssoenv_remember
        __ssoenv_all=" ${__ssoenv_names[*]} "
        for __ssoenv_i in "${!__ssoenv_base_names[@]}"; do
            case "$__ssoenv_all" in
            *" ${__ssoenv_base_names[__ssoenv_i]} "*) ;;
            *) __ssoenv_put_back "$__ssoenv_i" ;;
            esac
        done
        [[ ${#__ssoenv_base_names[@]} -ne ${#__ssoenv_names[@]} ]] || __ssoenv_remembered=yes
    fi
    # Removing a variable first drops what else a user may have declared of it, such as `integer`.
    \builtin unset -v "${__ssoenv_names[@]}"
    [[ -z "${__ssoenv_sets[0]+set}" ]] || \builtin export "${__ssoenv_sets[@]%\'}"
    __ssoenv_own
}

# Takes the keys that are there for those of the labels beside them, which may be renewed.
__ssoenv_own() {
    __ssoenv_key="${AWS_ACCESS_KEY_ID-}" __ssoenv_over='' __ssoenv_wait_again_at=0
    __ssoenv_labels="${AWS_SSO_PROFILE-} ${AWS_SSO_ACCOUNT_ID-} ${SSOENV_EXPIRATION-}" __ssoenv_labelled="$__ssoenv_key"
}

# What a snippet names is proven; what the memory names may have come from the environment.
__ssoenv_check_memory() {
    __ssoenv_are_ours "${__ssoenv_base_names[@]}" && \builtin return 0
    __ssoenv_say 'the memory of this shell was changed by something else, so nothing was changed. Start a new shell.'
    \builtin return 7
}

# Fails, and says so, when one of the named variables can't be changed. Else none is a reference to another one after.
__ssoenv_refuse_read_only() {
    \builtin local __ssoenv_name __ssoenv_said=''
    __ssoenv_are_writable "$@" && __ssoenv_drop_references "$@" && \builtin return 0
    for __ssoenv_name in "$@"; do
        [[ "$__ssoenv_said " == *" $__ssoenv_name "* ]] || __ssoenv_are_writable "$__ssoenv_name" || {
            __ssoenv_say "$__ssoenv_name is read-only in this shell, so nothing was changed. Start a shell without it."
            __ssoenv_said+=" $__ssoenv_name"
        }
    done
    \builtin return 7
}

__ssoenv_say() {
    \builtin printf 'ssouse: %s\n' "$1" >&2
}

# --- commands --------------------------------------------------------------------------------------------------------

# Brings the user's own locale back where LC_ALL is local to a caller. At the end of that bash would do so, and complain of
# one that this machine has not got.
__ssoenv_leave_locale() {
    \builtin unset -v LC_ALL 2>/dev/null || \builtin true # where it is read-only
}

# Runs the program in the user's own locale.
__ssoenv_run() {
    if ! \builtin type -P ssoenv >/dev/null; then
        __ssoenv_say 'there is no program ssoenv on PATH. Nothing was changed.'
        \builtin return 127
    fi
    __ssoenv_leave_locale
    # With checkhash bash looks again for what has moved. With `command`, and -e, an older bash would end at a failure,
    # handled or not.
    (\builtin shopt -s checkhash && \builtin exec ssoenv use "$@")
}

# Fills __ssoenv_lines with what the program prints for the words in __ssoenv_words; fails with its status.
__ssoenv_capture() {
    \builtin local __ssoenv_text=''
    __ssoenv_unhush
    # An older bash would show the text, where BASH_XTRACEFD says, and with set -v the lines between $( and ).
    [[ $- != *[xv]* ]] || { __ssoenv_options="-$-" && \builtin set +xv; } 2>/dev/null
    # The x keeps the last newline, which $() would cut off.
    __ssoenv_text="$(
        {
            \builtin set +euTEa
            \builtin trap - ERR
        } 2>/dev/null
        __ssoenv_run --shell bash --wrapper 1 ${__ssoenv_words[@]+"${__ssoenv_words[@]}"} &&
            \builtin printf x
    )" || \builtin return $?
    __ssoenv_hush
    __ssoenv_text="${__ssoenv_text%x}"
    case "$__ssoenv_text" in
    $'\n'* | *$'\n\n'*) ;; # splitting would swallow an empty line
    *$'\n')
        \builtin local IFS=$'\n'
        # shellcheck disable=SC2206 # split at newlines; globbing is off
        __ssoenv_lines=($__ssoenv_text)
        __ssoenv_last=$((${#__ssoenv_lines[@]} - 1))
        ;;
    esac
}

__ssoenv_switch() {
    \builtin local __ssoenv_summary='' __ssoenv_expiration __ssoenv_time __ssoenv_last=0
    \builtin local __ssoenv_inherited="${AWS_SSO_PROFILE-}"
    \builtin local -a __ssoenv_sets __ssoenv_lines
    __ssoenv_sets=() __ssoenv_lines=() # which bash may let inherit
    if ! __ssoenv_take; then
        __ssoenv_sets=() __ssoenv_lines=() __ssoenv_summary=''
        __ssoenv_capture || \builtin return $?
        if ! __ssoenv_check; then
            __ssoenv_say 'refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. If ssoenv was updated, start a new shell.'
            \builtin return 7
        fi
    fi
    __ssoenv_apply || \builtin return $?
    __ssoenv_asked=0
    [[ ${#__ssoenv_now[@]} -gt 0 || -z "$__ssoenv_inherited" ]] || __ssoenv_now=("$__ssoenv_inherited")
    [[ ${#__ssoenv_now[@]} -eq 0 || "${__ssoenv_now[*]}" == "${__ssoenv_words[*]}" ]] ||
        __ssoenv_before=("${__ssoenv_now[@]}")
    __ssoenv_now=("${__ssoenv_words[@]}")
    [[ -z "$__ssoenv_summary" ]] || \builtin printf '%s\n' "$__ssoenv_summary" >&2 || \builtin true # nobody may hear it
}

__ssoenv_off() {
    \builtin local __ssoenv_i
    \builtin local -a __ssoenv_names
    __ssoenv_names=()
    if [[ ${#__ssoenv_base_names[@]} -gt 0 ]]; then
        __ssoenv_check_memory && __ssoenv_refuse_read_only "${__ssoenv_base_names[@]}" || \builtin return $?
        for __ssoenv_i in "${!__ssoenv_base_names[@]}"; do __ssoenv_put_back "$__ssoenv_i"; done
        __ssoenv_base_names=() __ssoenv_base_values=() __ssoenv_remembered=''
        __ssoenv_own
        [[ -z "${SSOENV_SET-}" ]] || __ssoenv_say 'this shell is again what its parent was switched to. To end that, too, once more: ssouse --off'
    elif [[ -n "${SSOENV_SET-}" ]]; then
        \builtin local IFS=' '
        # shellcheck disable=SC2206 # split at blanks; ssouse has switched globbing off
        __ssoenv_names=($SSOENV_SET SSOENV_SET)
        if ! __ssoenv_are_ours "${__ssoenv_names[@]}"; then
            __ssoenv_say 'SSOENV_SET holds something other than names of variables, so nothing was changed.'
            \builtin return 7
        fi
        __ssoenv_refuse_read_only "${__ssoenv_names[@]}" || \builtin return $?
        \builtin unset -v "${__ssoenv_names[@]}"
        __ssoenv_say 'this shell did not make the switch: what it set is removed, nothing restored.'
    else
        __ssoenv_say 'this shell has not been switched.'
    fi
    [[ ${#__ssoenv_now[@]} -eq 0 ]] || __ssoenv_before=("${__ssoenv_now[@]}")
    __ssoenv_now=()
}

# Lets what follows run without tracing (set -x, set -v, DEBUG traps), so that no secret is shown, and without -a, -e, -E,
# -u, globbing and patterns that ignore case, which are the caller's business.
__ssoenv_hush() {
    __ssoenv_options="-$-$__ssoenv_options" __ssoenv_case=-u
    ! \builtin shopt -q nocasematch || __ssoenv_case=-s
    [[ $- != *[xv]* ]] || { \builtin set +xv; } 2>/dev/null
    \builtin set +euTEa -f
    [[ "$__ssoenv_case" == -u ]] || \builtin shopt -u nocasematch
}

# Ends that, also while a program runs. At Ctrl-C nothing must stay changed: what does is mended by the next prompt, which
# knows it by __ssoenv_options. In bash 5 `local -` brings the options back, however a function ends.
__ssoenv_unhush() {
    [[ -n "$__ssoenv_options" ]] || \builtin return 0
    if ((BASH_VERSINFO[0] < 5)); then
        \builtin local __ssoenv_option
        \builtin set +f
        for __ssoenv_option in f a T E u e v x; do
            case "$__ssoenv_options" in *"$__ssoenv_option"*) \builtin set "-$__ssoenv_option" ;; esac
        done
    fi
    [[ "$__ssoenv_case" == -u ]] || \builtin shopt -s nocasematch # last, as E is not e
    __ssoenv_options=''
}

__ssoenv_back() {
    if [[ ${#__ssoenv_before[@]} -eq 0 ]]; then
        __ssoenv_say 'there was no earlier switch in this shell.'
        \builtin return 2
    fi
    __ssoenv_words=("${__ssoenv_before[@]}")
    __ssoenv_switch
}

ssouse() {
    if [[ $- == *k* ]]; then # builtins then don't get NAME=value, and some print all there is
        __ssoenv_say 'nothing can be set while set -k is on, so nothing was changed. Type: set +k'
        \builtin return 7
    fi
    \builtin local __ssoenv_status=0 __ssoenv_act=__ssoenv_switch __ssoenv_locale="${LC_ALL-}"
    \builtin local -a __ssoenv_words
    # All is faster in C. Programs are run in the user's own locale; see __ssoenv_run.
    if ! \builtin local IFS=$' \t\n' LC_ALL=C 2>/dev/null; then
        __ssoenv_say 'IFS or LC_ALL is read-only in this shell, so nothing was changed. Start a shell without it.'
        \builtin return 7
    fi
    __ssoenv_words=("$@")
    case " $* " in
    *' --help '* | ' -h ')
        __ssoenv_run --help || \builtin return $?
        \builtin return 0
        ;;
    *' --forget '*)
        __ssoenv_run "$@" || \builtin return $?
        \builtin return 0
        ;;
    ' --off ') __ssoenv_act=__ssoenv_off ;;
    ' - ') __ssoenv_act=__ssoenv_back ;;
    *' --off '* | *' - '*)
        __ssoenv_say "'-' and '--off' take nothing else."
        \builtin return 2
        ;;
    esac
    ((BASH_VERSINFO[0] < 5)) || \builtin local -
    __ssoenv_hush
    "$__ssoenv_act" || __ssoenv_status=$?
    __ssoenv_unhush
    [[ -z "$__ssoenv_locale" ]] || __ssoenv_leave_locale
    \builtin return "$__ssoenv_status"
}

# --- prompt ----------------------------------------------------------------------------------------------------------
# Before each prompt, SSOENV_PROMPT is made to say what this shell is; and keys that expire soon are renewed by a program
# in the background, which leaves them on the shelf for the prompt after. A command that would run with keys that are
# over waits for new ones. Nothing else here starts a process.

# Prints the segment, for a prompt that calls functions. PS1='$SSOENV_PROMPT \$ ' needs no process.
ssoenv_prompt() {
    \builtin printf %s "${SSOENV_PROMPT-}"
}

# Its arguments are the status to keep, and, without PS0, what DEBUG trap there is, which can't be asked for in a
# function.
__ssoenv_hook() {
    if [[ $- == *k* ]]; then # as in ssouse
        SSOENV_PROMPT='' __ssoenv_drawn='' __ssoenv_wait_at=999999999999
        [[ $- == *e* ]] || \builtin return "${1-0}"
        \builtin return 0
    fi
    \builtin local __ssoenv_status=0 __ssoenv_time __ssoenv_left='' __ssoenv_life='' __ssoenv_seen __ssoenv_again
    [[ -z $__ssoenv_options ]] || __ssoenv_unhush
    # With -u all here would need braces. No word is split here, and an older bash looks at each character of what is in
    # braces or quotes several times. What Ctrl-C leaves off is on again after the next prompt.
    [[ $- != *[ux]* ]] || { __ssoenv_flags+=$- && \builtin set +ux; } 2>/dev/null
    [[ $# -eq 0 ]] || __ssoenv_status=$1
    [[ -z $__ssoenv_unasked || -z $SSOENV_RENEW || $# -lt 2 ]] || __ssoenv_ask_to_wait "$2"
    # What a segment says is true as long as what it was made of is the same, and where it shows time for the rest of a
    # minute.
    __ssoenv_seen=$AWS_SSO_PROFILE/$NO_COLOR/$TERM/$SSOENV_KIND/$SSOENV_RENEW/$AWS_ACCESS_KEY_ID
    __ssoenv_seen+=/$AWS_SSO_ACCOUNT_ID/$SSOENV_EXPIRATION/$AWS_CONTAINER_CREDENTIALS_FULL_URI/$AWS_PROFILE
    if [[ $__ssoenv_seen != "$__ssoenv_drawn" ]] ||
        ((SECONDS < __ssoenv_seen_at || SECONDS >= __ssoenv_drawn_until)); then
        ((SECONDS >= __ssoenv_seen_at)) || __ssoenv_epoch='' # somebody has set SECONDS, or the clock
        __ssoenv_drawn=$__ssoenv_seen __ssoenv_seen_at=$SECONDS
        __ssoenv_drawn_until=999999999999 __ssoenv_shown_until=999999999999 __ssoenv_wait_at=999999999999
        [[ ${SSOENV_EXPIRATION:-none}${SSOENV_RENEW-} == *[!0123456789]* ]] || __ssoenv_count_down
        __ssoenv_draw
    elif ((SECONDS >= __ssoenv_shown_until)); then
        __ssoenv_show_left
        SSOENV_PROMPT=$__ssoenv_shown_before$__ssoenv_life$__ssoenv_shown_behind
    fi
    __ssoenv_seen_at=$SECONDS __ssoenv_again=$__ssoenv_flags __ssoenv_flags=''
    [[ $- != *a* ]] || \builtin export -n "${!__ssoenv_@}" SSOENV_PROMPT
    # With -e any other would end the shell. Where nothing is behind, nobody sees it but who traps ERR: a failure once more.
    [[ $__ssoenv_status == 0 || $- != *e* && "${PROMPT_COMMAND[*]-}" != *"$__ssoenv_at_prompt" ]] || __ssoenv_status=0
    [[ $__ssoenv_again != *u* ]] || \builtin set -u
    [[ $__ssoenv_again != *x* ]] || \builtin set -x
    \builtin return "$__ssoenv_status"
}

# Fills __ssoenv_left, the seconds of the keys' life, and __ssoenv_life, how that is shown, and tells until when; renews the
# keys first when it is time.
__ssoenv_count_down() {
    __ssoenv_read_clock || \builtin return 0
    __ssoenv_left=$((10#$SSOENV_EXPIRATION - __ssoenv_time))
    if ((10#${SSOENV_RENEW:-0} > 0)) && [[ "$AWS_ACCESS_KEY_ID" == "$__ssoenv_key" ]]; then
        if ((__ssoenv_left < 10#$SSOENV_RENEW)); then
            __ssoenv_drawn_until=0
            __ssoenv_renew
            __ssoenv_left=$((10#$SSOENV_EXPIRATION - __ssoenv_time))
            [[ "$AWS_ACCESS_KEY_ID" != "$__ssoenv_key" ]] || __ssoenv_plan_wait
        else
            __ssoenv_drawn_until=$((__ssoenv_seen_at + __ssoenv_left - 10#$SSOENV_RENEW + 1))
            __ssoenv_plan_wait
        fi
    fi
    ((__ssoenv_left > 0)) || \builtin return 0
    __ssoenv_ends_at=$((SECONDS + __ssoenv_left))
    __ssoenv_show_left
}

# Fills __ssoenv_life with how the time until __ssoenv_ends_at is shown, and tells until when.
__ssoenv_show_left() {
    __ssoenv_life=$(((__ssoenv_ends_at - SECONDS - 1) / 60)) # a second that has begun is over
    __ssoenv_shown_until=$((__ssoenv_ends_at - __ssoenv_life * 60))
    ((__ssoenv_life < 60)) && __ssoenv_life+=m || __ssoenv_life="$((__ssoenv_life / 60))h$((__ssoenv_life % 60))m"
}

# Sees to it that a line waits for keys, once there is something to renew. From bash 4.4 on that is PS0's, which only expands
# something until it is time. Then bash 5.3 runs a function there. In an older one a child waits, which sends a signal
# that nobody else uses, and whose handler, before the line runs, takes the keys; it must start nothing, as it may run
# while bash waits for that child. Before bash 4.4.12, which may hang in that, bash-preexec asks, where that is loaded, or
# a DEBUG trap, if there is none. `case` is what makes no older bash forget PIPESTATUS.
if ((BASH_VERSINFO[0] * 10000 + BASH_VERSINFO[1] * 100 + BASH_VERSINFO[2] > 40411)); then
    __ssoenv_at_prompt='__ssoenv_hook "$?" ""'
    __ssoenv_ask_to_wait() {
        __ssoenv_numbered="${HISTCMD-}"
        if ! \builtin shopt -q promptvars; then # PS0 would be shown
            [[ "${PS0-}" != *__ssoenv_wait_at* ]] || PS0="${PS0//"$__ssoenv_ps0"/}"
            \builtin return 0
        fi
        [[ "${PS0-}" != *__ssoenv_wait_at* ]] && __ssoenv_are_writable PS0 || \builtin return 0
        ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] > 502)) ||
            \builtin trap '__ssoenv_await take "$_"' URG # whose last word is what $_ will be
        PS0="${PS0-}$__ssoenv_ps0"
        \builtin export -n PS0 # as a child may be an older bash
    }
else
    # shellcheck disable=SC2016 # it is expanded before each prompt
    __ssoenv_at_prompt='__ssoenv_hook "$?" "${__ssoenv_unasked:+${SSOENV_RENEW:+$(\builtin trap -p DEBUG)}}"'
    __ssoenv_ask_to_wait() {
        if [[ -n "${bash_preexec_imported-}${__bp_imported-}" ]]; then
            preexec_functions+=(__ssoenv_preexec)
        elif [[ -z "$1" && ${#FUNCNAME[@]} -eq 2 ]]; then
            \builtin trap 'case $((SECONDS < __ssoenv_wait_at)) in 0) ! __ssoenv_is_typed || __ssoenv_preexec "$BASH_COMMAND" ;; esac' DEBUG
        fi
        __ssoenv_unasked=''
    }
fi

__ssoenv_preexec() {
    ((SECONDS < __ssoenv_wait_at)) || ! __ssoenv_needs_keys "$1" || __ssoenv_await run
}

# Waits in the child that PS0 starts in a bash before 5.3, and tells the shell.
__ssoenv_wait_as_child() {
    __ssoenv_needs_keys "$(__ssoenv_history)" && [[ "$(\builtin trap -p URG)" == *__ssoenv_await* ]] || \builtin return 0
    __ssoenv_say() { :; }             # the shell itself says why it does not take what has come
    \builtin trap '' TSTP             # the shell would wait for ever
    \builtin kill -URG $$ 2>/dev/null # so that it does not wait again soon, however this ends
    __ssoenv_await run
    \builtin kill -URG $$ 2>/dev/null
}

# Prints the line that was typed, behind a number; or nothing, where history has not got it, or does not tell (before 5.1).
__ssoenv_history() {
    [[ "${HISTCMD-}" == "$__ssoenv_numbered" ]] || ! \builtin local HISTTIMEFORMAT='' 2>/dev/null || \builtin history 1
}

# Tells whether BASH_COMMAND was typed: it is not in a function, nor what PROMPT_COMMAND has, if spelled otherwise.
__ssoenv_is_typed() {
    \builtin local __ssoenv_edge='[^[:alnum:]_.-]' __ssoenv_word="${BASH_COMMAND%%[ ;]*}"
    # The trap is called in functions only with functrace, and in the hook that sets it. FUNCNAME alone does not tell: after
    # Ctrl-C in a function, an old bash forgets to leave that.
    [[ ($- != *T* || ${#FUNCNAME[@]} -eq 1) && -z "${__ssoenv_status+set}" ]] &&
        [[ ! "${PROMPT_COMMAND[*]-}" =~ (^|$__ssoenv_edge)"$__ssoenv_word"($__ssoenv_edge|$) ]]
}

# Tells whether this line may need keys, which is as history prints it, or empty if that has not got it.
__ssoenv_needs_keys() {
    case "${1#"${1%%[!0123456789* ]*}"}" in
    *[\;\&\|$'\n']*) ;;
    ssouse* | ssoenv*) \builtin return 1 ;;
    esac
}

# Runs before a line, or before the first command of one, when the keys are over, or soon will be: it waits for new ones,
# or takes those that have come.
__ssoenv_await() {
    \builtin local __ssoenv_time __ssoenv_left __ssoenv_how="$1" __ssoenv_traced=''
    [[ -z "$__ssoenv_options" ]] || \builtin return 0 # a handler that Ctrl-C has ended; the next prompt comes first
    [[ $- != *x* ]] || { __ssoenv_traced=yes && \builtin set +x; } 2>/dev/null
    __ssoenv_wait_at=$((SECONDS + 300))
    if [[ "${AWS_ACCESS_KEY_ID-}" == "$__ssoenv_key" ]] && __ssoenv_is_number "${SSOENV_EXPIRATION-}" &&
        __ssoenv_read_clock; then
        __ssoenv_left=$((10#$SSOENV_EXPIRATION - __ssoenv_time))
        if ((__ssoenv_left < 60)); then
            __ssoenv_wait_again_at="$__ssoenv_wait_at" # if there are none, nobody waits again soon
            __ssoenv_renew
            __ssoenv_left=$((10#$SSOENV_EXPIRATION - __ssoenv_time))
        fi
        __ssoenv_plan_wait
    fi
    # VS Code marks the first command of a line, and has taken ours for it.
    [[ -z "${__vsc_in_command_execution-}" ]] || __vsc_in_command_execution=0
    [[ -z "$__ssoenv_traced" ]] || \builtin set -x
}

# Lets a command wait when the keys, which are good for __ssoenv_left seconds, are over.
__ssoenv_plan_wait() {
    __ssoenv_wait_at=$((SECONDS + __ssoenv_left - 60))
    ((__ssoenv_wait_at >= __ssoenv_wait_again_at || SECONDS < __ssoenv_wait_again_at - 300)) ||
        __ssoenv_wait_at="$__ssoenv_wait_again_at" # unless the clock was set back
}

# Takes newer keys from the shelf, or has some got: for the next prompt, or for the line that is about to run, as
# __ssoenv_how has it.
__ssoenv_renew() {
    __ssoenv_are_writable IFS LC_ALL 2>/dev/null || \builtin return 0
    \builtin local __ssoenv_was="$SSOENV_EXPIRATION"
    \builtin local IFS=$' \t\n' __ssoenv_meaning __ssoenv_file
    \builtin local -a __ssoenv_words
    ((BASH_VERSINFO[0] < 5)) || \builtin local -
    __ssoenv_hush
    __ssoenv_words=("${__ssoenv_now[@]}")
    [[ ${#__ssoenv_now[@]} -gt 0 ]] || __ssoenv_words=("${AWS_SSO_PROFILE-}")
    if __ssoenv_take_newer || [[ "${__ssoenv_how-}" == take ]]; then
        :
    elif [[ "${__ssoenv_how-}" == run ]]; then
        if __ssoenv_find && ! __ssoenv_is_over && \builtin type -P ssoenv >/dev/null; then
            __ssoenv_unhush
            (\builtin shopt -s checkhash && \builtin exec ssoenv use --shell bash --wrapper 1 --renew "${__ssoenv_words[@]}" </dev/null >/dev/null) ||
                [[ $? -ne 130 ]] || \builtin kill -INT $$ # Ctrl-C, for which bash 3.2 does not drop the command
            __ssoenv_hush
            __ssoenv_take_newer || \builtin true # who traps ERR is not told, with -E neither
        fi
    elif [[ -n "$__ssoenv_over" ]] && __ssoenv_find && ! __ssoenv_is_over; then
        __ssoenv_over='' __ssoenv_wait_at=0 __ssoenv_wait_again_at=0 # there is a login again
        __ssoenv_ask
    elif ((__ssoenv_time - __ssoenv_asked >= 60 || __ssoenv_time < __ssoenv_asked)); then # or the clock was set back
        __ssoenv_ask
    elif [[ -z "$__ssoenv_over" ]] && __ssoenv_find && __ssoenv_is_over; then
        __ssoenv_over=new
    fi
    __ssoenv_unhush
}

# A login is over until its file, which the note about that names, is written again.
__ssoenv_is_over() {
    \builtin local __ssoenv_note="${__ssoenv_file%.posix}.over" __ssoenv_login=''
    [[ -f "$__ssoenv_note" ]] && { IFS='' \builtin read -r __ssoenv_login || \builtin true; } <"$__ssoenv_note" &&
        [[ ! "$__ssoenv_login" -nt "$__ssoenv_note" ]]
}

# Starts the program, which is to renew this shell's keys, and does not wait.
__ssoenv_ask() {
    __ssoenv_asked="$__ssoenv_time"
    # With `command` an older bash stays, which has the terminal, and keeps it open; `exec` lets Ctrl-C end what it runs.
    (\builtin trap '' INT QUIT && \builtin shopt -s checkhash && \builtin exec ssoenv use --shell bash --wrapper 1 --renew "${__ssoenv_words[@]}" </dev/null &>/dev/null &)
}

__ssoenv_take_newer() {
    \builtin local LC_ALL=C __ssoenv_summary __ssoenv_expiration
    \builtin local -a __ssoenv_sets __ssoenv_lines
    __ssoenv_sets=() __ssoenv_lines=() # which bash may let inherit
    if ! __ssoenv_take || ((10#$__ssoenv_expiration <= 10#$__ssoenv_was)); then
        __ssoenv_leave_locale
        \builtin return 1
    fi
    __ssoenv_apply_keys || __ssoenv_key=- # what can't be made this shell's is not tried again
    __ssoenv_leave_locale
}

# Sets the keys of a proven snippet, and when they are to be renewed, and nothing else, so that what somebody has set since
# the switch stays, such as a region. Refuses those of another account or role: that would be a switch that nobody has
# asked for.
__ssoenv_apply_keys() {
    \builtin local __ssoenv_set __ssoenv_role='' __ssoenv_was_role
    \builtin local -a __ssoenv_keys __ssoenv_touched
    __ssoenv_touched=(AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION SSOENV_EXPIRATION
        SSOENV_RENEW)
    __ssoenv_keys=() __ssoenv_was_role="${AWS_SSO_ACCOUNT_ID:+ $AWS_SSO_ACCOUNT_ID}${AWS_SSO_ROLE_NAME:+ $AWS_SSO_ROLE_NAME}"
    for __ssoenv_set in "${__ssoenv_sets[@]%\'}"; do
        case "$__ssoenv_set" in
        AWS_SSO_ACCOUNT_ID=* | AWS_SSO_ROLE_NAME=*) __ssoenv_role+=" ${__ssoenv_set#*=}" ;;
        *) [[ " ${__ssoenv_touched[*]} " != *" ${__ssoenv_set%%=*} "* ]] || __ssoenv_keys+=("$__ssoenv_set") ;;
        esac
    done
    if [[ "$__ssoenv_role" != "$__ssoenv_was_role" ]]; then
        __ssoenv_say 'the keys of this shell are not renewed: what it was switched to is another account or role by now. Switch again.'
        \builtin return 7
    fi
    __ssoenv_refuse_read_only "${__ssoenv_touched[@]}" || \builtin return $?
    \builtin unset -v "${__ssoenv_touched[@]}"
    \builtin export "${__ssoenv_keys[@]}"
    __ssoenv_own
}

# Fills SSOENV_PROMPT, and tells what is in it before and behind the time left, which will change alone. What others have
# named is a value in it and never code, as PS1 holds nothing but its name; \001 and \002 tell readline what takes no room
# on the screen. Only the hook calls this, and what it counts with: without -u.
__ssoenv_draw() {
    \builtin local __ssoenv_label="${AWS_SSO_PROFILE:-$AWS_PROFILE}" __ssoenv_color=36 __ssoenv_rest='' __ssoenv_end='' __ssoenv_mark
    \builtin local __ssoenv_account="$AWS_SSO_ACCOUNT_ID"
    if [[ -z "$__ssoenv_label$AWS_ACCESS_KEY_ID" ]]; then
        __ssoenv_shown_until=999999999999
        \builtin export -n SSOENV_PROMPT=''
        \builtin return $?
    fi
    [[ "$SSOENV_KIND" != production ]] || __ssoenv_color=31
    # Labels come with their keys: where only these change, somebody else has set them.
    __ssoenv_mark="$AWS_SSO_PROFILE $__ssoenv_account $SSOENV_EXPIRATION"
    [[ "$__ssoenv_mark" == "$__ssoenv_labels" ]] || __ssoenv_labels="$__ssoenv_mark" __ssoenv_labelled="$AWS_ACCESS_KEY_ID"
    __ssoenv_decode
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
    : "${__ssoenv_label:=keys}" "${__ssoenv_account:=$__ssoenv_decoded}"
    __ssoenv_label+="${__ssoenv_account:+ $__ssoenv_account}"
    # Each becomes a mark: without any, what stands around it could make another.
    __ssoenv_label="${__ssoenv_label//[[:cntrl:]]/?}"
    # Controls, and marks that turn or hide what stands around them, byte by byte.
    case "$__ssoenv_label" in *[!\ -~]*)
        \builtin local LC_ALL=C 2>/dev/null || \builtin true # where it is read-only, in what is there
        __ssoenv_label="${__ssoenv_label//$'\xc2'[$'\x80'-$'\x9f']/?}"
        for __ssoenv_mark in $'\xd8\x9c' $'\xe2\x80\xa8' $'\xe2\x80\xa9' $'\xe2\x80\x8b' $'\xe2\x80\x8c' $'\xe2\x80\x8d' $'\xe2\x80\x8e' $'\xe2\x80\x8f' \
            $'\xe2\x80\xaa' $'\xe2\x80\xab' $'\xe2\x80\xac' $'\xe2\x80\xad' $'\xe2\x80\xae' \
            $'\xe2\x81\xa0' $'\xe2\x81\xa6' $'\xe2\x81\xa7' $'\xe2\x81\xa8' $'\xe2\x81\xa9' \
            $'\xef\xbb\xbf'; do
            __ssoenv_label="${__ssoenv_label//"$__ssoenv_mark"/?}"
        done
        __ssoenv_leave_locale
        ;;
    esac
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
    __ssoenv_rest="${__ssoenv_rest:+ $__ssoenv_rest}"
    if [[ -z "$NO_COLOR" && "$TERM" != dumb ]]; then
        if [[ -n "$__ssoenv_left" ]] && ((__ssoenv_left <= 600)); then
            __ssoenv_rest=$'\001\e[0;33m\002'"$__ssoenv_rest"
        fi
        __ssoenv_label=$'\001\e['"${__ssoenv_color}m"$'\002'"$__ssoenv_label" __ssoenv_end=$'\001\e[0m\002'
    fi
    \builtin export -n SSOENV_PROMPT="$__ssoenv_label$__ssoenv_rest$__ssoenv_end"
    # For ten minutes, which shows soon that the clock was set, each minute is one less.
    __ssoenv_shown_before="$__ssoenv_label " __ssoenv_shown_behind=$__ssoenv_end __ssoenv_mark=$((__ssoenv_ends_at - 600))
    ((__ssoenv_mark < __ssoenv_seen_at + 600)) || __ssoenv_mark=$((__ssoenv_seen_at + 600))
    ((__ssoenv_left > 600)) || __ssoenv_mark="$__ssoenv_shown_until" __ssoenv_shown_until=999999999999
    ((__ssoenv_drawn_until < __ssoenv_mark)) || __ssoenv_drawn_until="$__ssoenv_mark"
}

# Lets __ssoenv_decoded be the account that is written into the access key id, or empty where none is; once a key. AWS
# documents no such thing, so it serves to warn alone. ssoenv/aws/keys.py says how it is done.
__ssoenv_decode() {
    \builtin local __ssoenv_digits=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 __ssoenv_digit __ssoenv_i __ssoenv_number=0
    [[ "$AWS_ACCESS_KEY_ID" != "$__ssoenv_decoded_key" ]] || \builtin return 0
    __ssoenv_decoded_key="$AWS_ACCESS_KEY_ID" __ssoenv_decoded=''
    case "$__ssoenv_decoded_key" in A[SK]IA[QRSTUVWXYZ234567]???????????????) ;; *) \builtin return 0 ;; esac
    for ((__ssoenv_i = 4; __ssoenv_i < 14; __ssoenv_i++)); do
        __ssoenv_digit="${__ssoenv_digits%%"${__ssoenv_decoded_key:__ssoenv_i:1}"*}"
        ((${#__ssoenv_digit} < 32)) || \builtin return 1
        ((__ssoenv_number = __ssoenv_number * 32 + ${#__ssoenv_digit}))
    done
    \builtin printf -v __ssoenv_decoded %012d "$((__ssoenv_number >> 9 & 0xffffffffff))"
}

# The keys that this file has set are those that it may renew; a child shell has them from its parent. No other variable
# of ours comes from the environment, nor goes there, also with set -a.
__ssoenv_names=() __ssoenv_proven='' __ssoenv_remembered='' __ssoenv_options='' __ssoenv_case=-u __ssoenv_flags=''
__ssoenv_key="${AWS_ACCESS_KEY_ID-}" __ssoenv_asked=0 __ssoenv_over=''
__ssoenv_decoded_key='' __ssoenv_decoded='' __ssoenv_labels='' __ssoenv_labelled=''
__ssoenv_drawn='' __ssoenv_seen_at=0 __ssoenv_drawn_until=0 __ssoenv_shown_until=0 __ssoenv_ends_at=0
__ssoenv_shown_before='' __ssoenv_shown_behind=''
__ssoenv_wait_at=999999999999 __ssoenv_wait_again_at=0 __ssoenv_unasked="${__ssoenv_unasked-yes}"
__ssoenv_epoch='' __ssoenv_seconds=0 __ssoenv_if=('' yes) __ssoenv_numbered=''
# shellcheck disable=SC2016 # it is expanded before each line
__ssoenv_ps0='${__ssoenv_if[SECONDS >= __ssoenv_wait_at]:+${|__ssoenv_preexec "${ __ssoenv_history; }"; }}'
# shellcheck disable=SC2016
((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] > 502)) ||
    __ssoenv_ps0='${__ssoenv_if[SECONDS >= __ssoenv_wait_at]:+$(__ssoenv_wait_as_child)}'
\builtin export -n "${!__ssoenv_@}"
if [[ $- == *i* && "${PROMPT_COMMAND[*]-}" != *__ssoenv_hook* ]]; then
    # Of an array, an older bash runs the first element alone, and VS Code takes what is behind that for typed.
    if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] > 500)) && [[ "${TERM_PROGRAM-}" != vscode ]]; then
        PROMPT_COMMAND+=("$__ssoenv_at_prompt")
    else
        PROMPT_COMMAND[0]="$__ssoenv_at_prompt${PROMPT_COMMAND[0]:+;${PROMPT_COMMAND[0]}}"
    fi
fi
