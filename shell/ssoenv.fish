# ssoenv for fish, 3.1 and later: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  ssoenv init fish | source
#
# Each shell's file has the same sections in the same order: check, memory, apply, commands. Builtins that a function
# may stand in for are called with `builtin`, and programs with `command`. The program `ssoenv` only prints. What it
# printed is first proven to be nothing but assignments and removals of AWS_* and SSOENV_* variables, each a quoted
# word, and nothing else is ever evaluated. The functions see their caller's variables (--no-scope-shadowing), so
# that no secret is an argument, and one local fish_trace stops tracing in all of them.

# --- check -----------------------------------------------------------------------------------------------------------

set -gu __ssoenv_ours '(?:AWS|SSOENV)_[A-Z0-9_]++'

# Proves that __ssoenv_text is a snippet, and fills __ssoenv_names with the names in it.
function __ssoenv_check --no-scope-shadowing
    # Possessive quantifiers (++, *+) never go back, so the time taken grows with the length alone.
    set -l __ssoenv_value '\'(?:[^\'\\\\\p{Cc}]++|\\\\[\'\\\\])*+\''
    set -l __ssoenv_line "set -(?:eg $__ssoenv_ours|gx $__ssoenv_ours $__ssoenv_value)\n"
    set -l __ssoenv_snippet "\A# ssoenv/1 [0-9]++\n(?:$__ssoenv_line)++# ssoenv/end\n\z"
    builtin string match --quiet --regex -- $__ssoenv_snippet "$__ssoenv_text"
    and set __ssoenv_names (builtin string match --all --regex -- '(?m)^set -.. \K\w+' $__ssoenv_text)
end

# Fails, and says so, where the named variables would not reach a child process as this shell sets them.
function __ssoenv_refuse_hidden --no-scope-shadowing
    # set -q answers how many of them there are not. When that is all, none has to be asked for by itself.
    set -l __ssoenv_count (builtin count $argv)
    set -qUx $argv
    set -l __ssoenv_absent $status
    set -ql $argv
    set __ssoenv_absent $__ssoenv_absent $status
    test "$__ssoenv_absent" = "$__ssoenv_count $__ssoenv_count"
    and return
    set -l __ssoenv_status 0
    for __ssoenv_name in $argv
        if set -qUx $__ssoenv_name
            __ssoenv_say "$__ssoenv_name is an exported universal variable, so nothing was changed. Remove it: set -eU $__ssoenv_name"
        else if set -ql $__ssoenv_name
            __ssoenv_say "$__ssoenv_name is a local variable here, so nothing was changed. Use ssouse outside of what set it."
        else
            continue
        end
        set __ssoenv_status 7
    end
    return $__ssoenv_status
end

# --- memory ----------------------------------------------------------------------------------------------------------
# Never exported: __ssoenv_base_names lists what was touched since the first switch, and __ssoenv_base_NAME holds what
# was there before it (`x` and the value's elements if exported, `u` and these if not, `-` if absent); __ssoenv_now
# and __ssoenv_before hold the arguments of the last two switches. So what comes exported is not ours.

for __ssoenv_name in (set -gxn)
    if builtin string match --quiet -- '__ssoenv_*' $__ssoenv_name
        set -eg $__ssoenv_name
    end
end

function __ssoenv_remember --no-scope-shadowing
    set -q __ssoenv_base_$__ssoenv_names
    and return
    for __ssoenv_name in $__ssoenv_names
        if set -q __ssoenv_base_$__ssoenv_name
            continue
        else if set -qgx $__ssoenv_name
            set -gu __ssoenv_base_$__ssoenv_name x $$__ssoenv_name
        else if set -qg $__ssoenv_name
            set -gu __ssoenv_base_$__ssoenv_name u $$__ssoenv_name
        else
            set -gu __ssoenv_base_$__ssoenv_name -
        end
        set -gu __ssoenv_base_names $__ssoenv_base_names $__ssoenv_name
    end
end

function __ssoenv_put_back --no-scope-shadowing
    set -l __ssoenv_was __ssoenv_base_$argv
    set -eg $argv
    switch $$__ssoenv_was[1][1]
        case x
            set -gx $argv $$__ssoenv_was[1][2..-1]
        case u
            set -gu $argv $$__ssoenv_was[1][2..-1]
    end
end

# --- apply -----------------------------------------------------------------------------------------------------------

# Makes the shell what it was before the first switch, plus the proven snippet; or refuses and changes nothing.
function __ssoenv_apply --no-scope-shadowing
    __ssoenv_refuse_hidden $__ssoenv_names $__ssoenv_base_names
    or return
    __ssoenv_remember
    for __ssoenv_name in $__ssoenv_base_names
        builtin contains -- $__ssoenv_name $__ssoenv_names
        or __ssoenv_put_back $__ssoenv_name
    end
    eval $__ssoenv_text
    return 0
end

function __ssoenv_say
    builtin printf 'ssouse: %s\n' $argv >&2
end

# --- commands --------------------------------------------------------------------------------------------------------

function __ssoenv_switch --no-scope-shadowing
    set -l __ssoenv_names
    # Not `| read`, which Ctrl-Z would leave waiting for good.
    set -l __ssoenv_text (command ssoenv use --shell fish --wrapper 1 $argv | builtin string collect --no-trim-newlines)
    set -l __ssoenv_status $pipestatus[1]
    test $__ssoenv_status -eq 0
    or return $__ssoenv_status
    if not __ssoenv_check
        __ssoenv_say 'refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. If ssoenv was updated, start a new shell.'
        return 7
    end
    set -l __ssoenv_inherited $AWS_SSO_PROFILE
    __ssoenv_apply
    or return
    if test -z "$__ssoenv_now"; and test -n "$__ssoenv_inherited"
        set -gu __ssoenv_now $__ssoenv_inherited
    end
    if test "$__ssoenv_now" != "$argv"
        set -gu __ssoenv_before $__ssoenv_now
    end
    set -gu __ssoenv_now $argv
end

function __ssoenv_off --no-scope-shadowing
    if set -qg __ssoenv_base_names[1]
        __ssoenv_refuse_hidden $__ssoenv_base_names
        or return
        for __ssoenv_name in $__ssoenv_base_names
            __ssoenv_put_back $__ssoenv_name
            set -eg __ssoenv_base_$__ssoenv_name
        end
        set -eg __ssoenv_base_names
    else if test -n "$SSOENV_SET"
        if not builtin string match --quiet --regex -- "\A$__ssoenv_ours(?: $__ssoenv_ours)*+\z" "$SSOENV_SET"
            __ssoenv_say 'SSOENV_SET holds something else than names of variables, so nothing was changed.'
            return 7
        end
        set -l __ssoenv_names (builtin string split ' ' -- $SSOENV_SET) SSOENV_SET
        __ssoenv_refuse_hidden $__ssoenv_names
        or return
        for __ssoenv_name in $__ssoenv_names
            set -eg $__ssoenv_name
        end
        __ssoenv_say 'the switch was made in a parent shell, which alone knows the earlier values: what it had set is removed here.'
    else
        __ssoenv_say 'this shell has not been switched.'
    end
    if set -qg __ssoenv_now[1]
        set -gu __ssoenv_before $__ssoenv_now
    end
    set -gu __ssoenv_now
end

function __ssoenv_back --no-scope-shadowing
    if not set -qg __ssoenv_before[1]
        __ssoenv_say 'there was no earlier switch in this shell.'
        return 2
    end
    __ssoenv_switch $__ssoenv_before
end

function ssouse --no-scope-shadowing --description 'Make this shell be an AWS account and role'
    set -l fish_trace
    switch " $argv "
        case '* --help *' ' -h '
            command ssoenv use --help
        case ' --off '
            __ssoenv_off
        case ' - '
            __ssoenv_back
        case '* --off *' '* - *'
            __ssoenv_say "'-' and '--off' take nothing else."
            return 2
        case '*'
            __ssoenv_switch $argv
    end
end
