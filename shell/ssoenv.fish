# ssoenv for fish, 3.6 and later: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  ssoenv init fish | source
#
# Each shell's file has the same sections in the same order: check, shelf, memory, apply, commands, prompt. Builtins
# that a function may stand in for are called with `builtin`, and programs with `command`. The program `ssoenv` only
# prints. What it printed, now or when the shelf got it, is first proven to be nothing but assignments and removals of
# AWS_* and SSOENV_* variables, each a quoted word, and nothing else is ever evaluated. The functions see their
# caller's variables (--no-scope-shadowing), so that no secret is an argument, and one local fish_trace stops tracing
# in all of them. Builtins hand over what they print by a command substitution: at the end of a pipe, a thread that may be
# on another core has to be awaited.

# --- check -----------------------------------------------------------------------------------------------------------

# Possessive quantifiers (++, *+) never go back, so the time taken grows with the length alone. Behind another character
# than ASCII, a quote or a backslash stands between two quoted parts.
set -gu __ssoenv_ours '(?:AWS|SSOENV)_[A-Z0-9_]++'
set -gu __ssoenv_escaped '\\\\[\'\\\\]'
set -gu __ssoenv_value "'(?:[^'\\\\\x00-\x1f\x7f-\x9f]++|$__ssoenv_escaped|(?<=[^\x00-\x7f])'$__ssoenv_escaped')*+'"
# No number has more digits than fish can count with.
set -gu __ssoenv_number '[0-9]{1,15}+'
set -gu __ssoenv_lines "(?:set -eg(?: $__ssoenv_ours)++; true\n)?+(?:set -gx $__ssoenv_ours $__ssoenv_value\n)*+"
set -gu __ssoenv_snippet "(?<__ssoenv_text># ssoenv/1 (?<__ssoenv_expiration>$__ssoenv_number)\n(?=set )$__ssoenv_lines# ssoenv/end\n)"

# Proves that __ssoenv_text is a snippet.
function __ssoenv_check --no-scope-shadowing
    builtin string match --quiet --regex -- "\A$__ssoenv_snippet\z" "$__ssoenv_text"
end

# Fills __ssoenv_names with the names in __ssoenv_text, which is proven: behind each the next is a blank or a line away.
function __ssoenv_list_names --no-scope-shadowing
    builtin string match --quiet --all --regex -- '\G(?: |[^\n]*+\nset -(?:eg|gx) )(?<__ssoenv_names>\w++)' $__ssoenv_text
end

# Fails, and says so, where the named variables would not reach a child process as this shell sets them.
function __ssoenv_refuse_hidden --no-scope-shadowing
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

# --- shelf -----------------------------------------------------------------------------------------------------------
# What an earlier switch by the same words has left, in a private folder; ssoenv/shelf.py has the form of its files.

set -gu __ssoenv_shelved_head "# for (?<__ssoenv_for>[^\n]*+)\n# from (?<__ssoenv_from>$__ssoenv_number)\n# target [^\n]*+\n"
set -gu __ssoenv_shelved_says '# says (?<__ssoenv_summary>\P{Cc}*+)\n'
set -gu __ssoenv_shelved_files '# needs (?<__ssoenv_needs>[^\n]*+)\n# newer (?<__ssoenv_newer>[^\n]*+)\n'
set -gu __ssoenv_shelved_tail "$__ssoenv_shelved_says$__ssoenv_shelved_files# ssoenv/shelf\n?"
set -gu __ssoenv_shelved "\A$__ssoenv_snippet$__ssoenv_shelved_head$__ssoenv_shelved_tail\z"

# Lets __ssoenv_text be the proven snippet for __ssoenv_words, and __ssoenv_summary what is said of it; fails on any
# doubt, and starts nothing.
function __ssoenv_take --no-scope-shadowing --argument-names __ssoenv_file __ssoenv_meaning __ssoenv_for __ssoenv_from \
    __ssoenv_needs __ssoenv_newer __ssoenv_sources __ssoenv_ages # which makes locals of them in a quarter of the time
    __ssoenv_find
    and test -f "$__ssoenv_file" -a ! -L "$__ssoenv_file" -a -O "$__ssoenv_file" -a -r "$__ssoenv_file"
    and builtin read --local --null __ssoenv_content <$__ssoenv_file
    or return
    builtin string match --quiet --regex -- $__ssoenv_shelved "$__ssoenv_content"
    and test "$__ssoenv_for" = "$__ssoenv_meaning"
    and test -e "$__ssoenv_needs"
    or return
    builtin string match --quiet --all --regex -- '(?<__ssoenv_sources>[^\t]++)' "$__ssoenv_newer"
    __ssoenv_read_clock $__ssoenv_file $__ssoenv_sources
    or return
    for __ssoenv_age in $__ssoenv_ages[3..-1]
        test $__ssoenv_age -gt $__ssoenv_ages[2]
        or return
    end
    # A clock that was set back shows less than when the file was written.
    set -l __ssoenv_minutes (builtin math --scale=0 "($__ssoenv_expiration - $__ssoenv_ages[1] - $__ssoenv_ages[2]) / 60")
    test $__ssoenv_from -le $__ssoenv_ages[1] -a $__ssoenv_ages[2] -ge 0 -a $__ssoenv_minutes -ge 5
    or return
    test -z "$__ssoenv_summary"
    or __ssoenv_summarize
    return 0
end

function __ssoenv_summarize --no-scope-shadowing
    if test $__ssoenv_minutes -lt 60
        set __ssoenv_summary "$__ssoenv_summary · $__ssoenv_minutes min left"
    else
        set -l __ssoenv_life (builtin math --scale=0 $__ssoenv_minutes / 60; builtin math $__ssoenv_minutes % 60)
        set __ssoenv_summary "$__ssoenv_summary · $__ssoenv_life[1] h $__ssoenv_life[2] min left"
    end
end

# Tells where the snippet for __ssoenv_words would be, and what its file must say; fails without a private folder.
function __ssoenv_find --no-scope-shadowing
    set -l __ssoenv_folder "$XDG_RUNTIME_DIR/ssoenv"
    if test -z "$XDG_RUNTIME_DIR"
        set __ssoenv_folder "$HOME/.cache/ssoenv/shelf"
        test -z "$XDG_CACHE_HOME"
        or set __ssoenv_folder "$XDG_CACHE_HOME/ssoenv/shelf"
    end
    # In a sticky folder nobody renames or removes what is not theirs, whatever else its mode allows.
    test -n "$__ssoenv_words"
    and test -d "$__ssoenv_folder" -a ! -L "$__ssoenv_folder" -a -O "$__ssoenv_folder" -a -k "$__ssoenv_folder"
    or return
    set __ssoenv_meaning "$__ssoenv_words"\t"$HOME"\t"$AWS_CONFIG_FILE"\t"$AWS_SHARED_CREDENTIALS_FILE"\t"$SSOENV_CONFIG"\t"$XDG_CONFIG_HOME"
    # Most names stay as they are.
    builtin string match --quiet --regex -- '\A(?=.{1,100}\z)(?<__ssoenv_file>(?:_?[A-Za-z0-9-])++_?)\z' "$__ssoenv_words"
    or set __ssoenv_file (builtin string replace --all --regex '[^A-Za-z0-9-]++' _ -- "$__ssoenv_words" |
        builtin string sub --length 100)
    set __ssoenv_file "$__ssoenv_folder/$__ssoenv_file.fish"
end

# --- memory ----------------------------------------------------------------------------------------------------------
# Never exported: __ssoenv_base_names lists what was touched since the first switch, and __ssoenv_base_NAME holds what
# was there before it (`x` and the value's elements if exported, `u` and these if not, `-` if absent); __ssoenv_now
# and __ssoenv_before hold the arguments of the last two switches. So what comes exported is not ours.

for __ssoenv_name in (builtin string match -- '__ssoenv_*' (set -gxn))
    set -eg $__ssoenv_name
end

function __ssoenv_remember --no-scope-shadowing
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
    if test "$__ssoenv_names" = "$__ssoenv_base_names"
        # set -q answers how many of them there are not. When that is all, none has to be asked for by itself.
        set -qUx $__ssoenv_names
        test $status -eq $__ssoenv_base_count
        and set -ql $__ssoenv_names
        test $status -eq $__ssoenv_base_count
        or __ssoenv_refuse_hidden $__ssoenv_names
        or return
    else
        __ssoenv_refuse_hidden $__ssoenv_names $__ssoenv_base_names
        or return
        __ssoenv_remember
        for __ssoenv_name in $__ssoenv_base_names
            builtin contains -- $__ssoenv_name $__ssoenv_names
            or __ssoenv_put_back $__ssoenv_name
        end
        set -gu __ssoenv_base_count (builtin count $__ssoenv_base_names)
    end
    eval $__ssoenv_text
    __ssoenv_own
end

# Takes the keys that are there for those of the labels beside them, which may be renewed.
function __ssoenv_own --no-scope-shadowing
    set -gu __ssoenv_key "$AWS_ACCESS_KEY_ID"
    set -gu __ssoenv_over
    set -gu __ssoenv_labels "$AWS_SSO_PROFILE $AWS_SSO_ACCOUNT_ID $SSOENV_EXPIRATION"
    set -gu __ssoenv_labelled "$AWS_ACCESS_KEY_ID"
    return 0
end

function __ssoenv_say
    builtin printf 'ssouse: %s\n' $argv >&2
end

# --- commands --------------------------------------------------------------------------------------------------------

function __ssoenv_has_program
    command --query ssoenv
    and return
    __ssoenv_say 'there is no program ssoenv on PATH. Nothing was changed.'
    return 127
end

# Lets __ssoenv_text be what the program prints for the words in __ssoenv_words; fails with its status.
function __ssoenv_capture --no-scope-shadowing
    __ssoenv_has_program
    or return
    # Not `| read`, which Ctrl-Z would leave waiting for good.
    set __ssoenv_text (command ssoenv use --shell fish --wrapper 1 $__ssoenv_words | builtin string collect --no-trim-newlines)
    return $pipestatus[1]
end

# Makes the shell be what __ssoenv_words name.
function __ssoenv_switch --no-scope-shadowing --argument-names __ssoenv_text __ssoenv_names __ssoenv_expiration __ssoenv_summary
    if not __ssoenv_take
        set __ssoenv_summary
        __ssoenv_capture
        or return
        if not __ssoenv_check
            __ssoenv_say 'refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. If ssoenv was updated, start a new shell.'
            return 7
        end
    end
    set -l __ssoenv_inherited $AWS_SSO_PROFILE
    __ssoenv_list_names
    __ssoenv_apply
    or return
    if test -z "$__ssoenv_now"; and test -n "$__ssoenv_inherited"
        set -gu __ssoenv_now $__ssoenv_inherited
    end
    if test -n "$__ssoenv_now"; and test "$__ssoenv_now" != "$__ssoenv_words"
        set -gu __ssoenv_before $__ssoenv_now
    end
    set -gu __ssoenv_now $__ssoenv_words
    set -gu __ssoenv_asked 0
    set -gu __ssoenv_wait_again_at 0
    test -z "$__ssoenv_summary"
    or builtin printf '%s\n' $__ssoenv_summary >&2
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
        __ssoenv_own
        test -z "$SSOENV_SET"
        or __ssoenv_say 'this shell is again what its parent was switched to. To end that, too, once more: ssouse --off'
    else if test -n "$SSOENV_SET"
        if not builtin string match --quiet --regex -- "\A$__ssoenv_ours(?: $__ssoenv_ours)*+\z" "$SSOENV_SET"
            __ssoenv_say 'SSOENV_SET holds something other than names of variables, so nothing was changed.'
            return 7
        end
        set -l __ssoenv_names (builtin string split ' ' -- $SSOENV_SET) SSOENV_SET
        __ssoenv_refuse_hidden $__ssoenv_names
        or return
        for __ssoenv_name in $__ssoenv_names
            set -eg $__ssoenv_name
        end
        __ssoenv_say 'this shell did not make the switch: what it set is removed, nothing restored.'
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
    set -l __ssoenv_words $__ssoenv_before
    __ssoenv_switch
end

function ssouse --no-scope-shadowing --description 'Make this shell be an AWS account and role'
    set -l fish_trace
    set -l IFS \n # if empty, it would keep lines together
    switch " $argv "
        case '* --help *' ' -h '
            __ssoenv_has_program
            and command ssoenv use --help
        case '* --forget *'
            __ssoenv_has_program
            and command ssoenv use $argv
        case ' --off '
            __ssoenv_off
        case ' - '
            __ssoenv_back
        case '* --off *' '* - *'
            __ssoenv_say "'-' and '--off' take nothing else."
            return 2
        case '*'
            set -l __ssoenv_words $argv
            __ssoenv_switch
    end
end

# --- prompt ----------------------------------------------------------------------------------------------------------
# Before each prompt, SSOENV_PROMPT is made to say what this shell is; and keys that expire soon are renewed by a program
# in the background, which leaves them on the shelf for the prompt after. A command that would run with keys that are
# over waits for new ones. Nothing else here starts a process.

function ssoenv_prompt --description 'Print the account and role of this shell, for fish_prompt'
    builtin printf %s "$SSOENV_PROMPT"
end

# Runs before each prompt, and before each command line, which fish hands over then.
function __ssoenv_hook --on-event fish_prompt --on-event fish_preexec --argument-names __ssoenv_line fish_trace \
    __ssoenv_age __ssoenv_idle __ssoenv_hours __ssoenv_time __ssoenv_left # locals, as in __ssoenv_take
    if set -q argv[1]
        switch "$argv"
            case '*;*' '*&*' '*|*' '*'\n'*'
            case 'ssouse*' 'ssoenv*' # which need no keys
                return
        end
    end
    # What a segment says is true as long as what it was made of is the same, and where it shows time for the rest of a
    # minute.
    set -l __ssoenv_made_of "$AWS_SSO_PROFILE/$AWS_PROFILE/$AWS_SSO_ACCOUNT_ID/$AWS_ACCESS_KEY_ID/$SSOENV_EXPIRATION/$SSOENV_RENEW
$AWS_CONTAINER_CREDENTIALS_FULL_URI/$SSOENV_KIND/$NO_COLOR/$TERM"
    if test "$__ssoenv_made_of" = "$__ssoenv_drawn_of"
        __ssoenv_read_age
        if test $__ssoenv_age -ge $__ssoenv_drawn_at -a $__ssoenv_age -lt $__ssoenv_drawn_until
            if set -q argv[1]
                __ssoenv_is_late
                or return
            else if test $__ssoenv_age -lt $__ssoenv_countdown[2]
                return
            else
                while test $__ssoenv_age -ge $__ssoenv_countdown[2]
                    set -eg __ssoenv_countdown[1 2]
                end
                set -gu SSOENV_PROMPT $__ssoenv_frame[1]$__ssoenv_countdown[1]$__ssoenv_frame[2]
                return
            end
        end
    end
    set -l IFS \n
    set -l __ssoenv_command $argv
    set -l __ssoenv_early 0
    test "$AWS_ACCESS_KEY_ID" = "$__ssoenv_key"
    and builtin string match --quiet --regex -- "^$__ssoenv_number\$" "$SSOENV_RENEW"
    and set __ssoenv_early $SSOENV_RENEW
    set -l __ssoenv_limit $__ssoenv_early
    test $__ssoenv_early -gt 0
    and set -q __ssoenv_command[1]
    and set __ssoenv_limit 60
    set -gu __ssoenv_drawn_of $__ssoenv_made_of
    set -gu __ssoenv_drawn_at 0
    set -gu __ssoenv_drawn_until 999999999999
    set -gu __ssoenv_countdown '' 999999999999
    if builtin string match --quiet --regex -- "^$__ssoenv_number\$" "$SSOENV_EXPIRATION"
        and __ssoenv_count_down
        set -gu __ssoenv_drawn_until $__ssoenv_countdown[2]
        if test $__ssoenv_early -gt 0 -a $__ssoenv_left -le $__ssoenv_limit
            set __ssoenv_time (builtin math $SSOENV_EXPIRATION - $__ssoenv_left)
            __ssoenv_renew
            set __ssoenv_age
            __ssoenv_count_down
            set -gu __ssoenv_drawn_until 0
        end
    end
    set -q __ssoenv_command[1]
    and set -gu __ssoenv_drawn_until 0
    or __ssoenv_draw
end

# Tells whether a line is about to run with keys that are nearly over, though the clock of the hook has stood still with the
# machine, as that of a paused one does.
function __ssoenv_is_late --no-scope-shadowing
    set -l __ssoenv_ages
    test -n "$SSOENV_RENEW"
    and builtin string match --quiet --regex -- "^$__ssoenv_number\$" "$SSOENV_EXPIRATION"
    and __ssoenv_read_clock /
    and test (builtin math $SSOENV_EXPIRATION - $__ssoenv_ages[1] - $__ssoenv_ages[2]) -lt 60
end

# Fills __ssoenv_left, the seconds of the keys' life, __ssoenv_hours, how the segment shows whole ones of these, and
# __ssoenv_countdown, with those that are left besides and until when that is true.
function __ssoenv_count_down --no-scope-shadowing
    set -l __ssoenv_ages
    __ssoenv_read_clock /
    or return
    set -q __ssoenv_age[1]
    or __ssoenv_read_age
    set __ssoenv_left (builtin math $SSOENV_EXPIRATION - $__ssoenv_ages[1] - $__ssoenv_ages[2])
    set -gu __ssoenv_drawn_at $__ssoenv_age
    # A second that has begun is over; half of one lets no fraction of a clock's reading count.
    set -gu __ssoenv_countdown (builtin math --scale=0 "($__ssoenv_left - 0.5) / 60"
        builtin math "$__ssoenv_age + ($__ssoenv_left - 0.5) % 60 + 0.5")
    if test $__ssoenv_countdown[1] -ge 60
        set __ssoenv_hours (builtin math --scale=0 $__ssoenv_countdown[1] / 60)h
        set __ssoenv_countdown[1] (builtin math $__ssoenv_countdown[1] % 60)
    end
    return 0
end

# Lets __ssoenv_age be the seconds since a moment that stays the same.
if test -r /proc/uptime
    function __ssoenv_read_age --no-scope-shadowing
        builtin read --delimiter ' ' __ssoenv_age __ssoenv_idle </proc/uptime
    end
else
    function __ssoenv_read_age --no-scope-shadowing
        set -l __ssoenv_ages
        __ssoenv_read_clock /
        set __ssoenv_age $__ssoenv_ages[2]
    end
end

# Takes newer keys from the shelf, or has some got: for the next prompt, or for the command that is about to run.
function __ssoenv_renew --no-scope-shadowing
    set -l __ssoenv_file
    set -l __ssoenv_meaning
    set -l __ssoenv_words $__ssoenv_now
    set -q __ssoenv_now[1]
    or set __ssoenv_words "$AWS_SSO_PROFILE"
    if __ssoenv_take_newer
        return
    else if set -q __ssoenv_command[1]
        # If there are none, nobody waits again soon, unless the clock was set back.
        test $__ssoenv_time -ge $__ssoenv_wait_again_at
        or test (builtin math $__ssoenv_wait_again_at - $__ssoenv_time) -gt 300
        or return
        set -gu __ssoenv_wait_again_at (builtin math $__ssoenv_time + 300)
        if __ssoenv_find; and not __ssoenv_is_over; and command --query ssoenv
            command ssoenv use --shell fish --wrapper 1 --renew $__ssoenv_words </dev/null >/dev/null
            __ssoenv_take_newer
        end
    else if test -n "$__ssoenv_over"
        and __ssoenv_find
        and not __ssoenv_is_over # there is a login again
        set -gu __ssoenv_over
        set -gu __ssoenv_wait_again_at 0
        __ssoenv_ask
    else if test (builtin math $__ssoenv_time - $__ssoenv_asked) -ge 60
        or test $__ssoenv_time -lt $__ssoenv_asked # the clock was set back
        __ssoenv_ask
    else if test -z "$__ssoenv_over"
        and __ssoenv_find
        and __ssoenv_is_over
        set -gu __ssoenv_over new
    end
end

# A login is over until its file, which the note about that names, is written again.
function __ssoenv_is_over --no-scope-shadowing
    set -l __ssoenv_note (builtin string replace --regex '\.fish$' .over -- $__ssoenv_file)
    set -l __ssoenv_login
    set -l __ssoenv_ages
    test -f "$__ssoenv_note"
    or return
    builtin read __ssoenv_login <$__ssoenv_note
    __ssoenv_read_clock $__ssoenv_note $__ssoenv_login
    and test "$__ssoenv_ages[-1]" -ge "$__ssoenv_ages[2]"
end

# Starts the program, which is to renew this shell's keys, and does not wait.
function __ssoenv_ask --no-scope-shadowing
    set -gu __ssoenv_asked $__ssoenv_time
    # A job of another shell: fish says nothing of it, and $last_pid stays the user's.
    command sh -c '"$@" </dev/null >/dev/null 2>&1 &' sh ssoenv use --shell fish --wrapper 1 --renew $__ssoenv_words
end

function __ssoenv_take_newer --no-scope-shadowing
    set -l __ssoenv_text
    set -l __ssoenv_names
    set -l __ssoenv_expiration
    set -l __ssoenv_summary
    __ssoenv_take
    and test $__ssoenv_expiration -gt $SSOENV_EXPIRATION
    or return
    # What can't be made this shell's is not tried again.
    __ssoenv_apply_keys
    or set -gu __ssoenv_key -
    return 0
end

# Sets the keys of a proven snippet, and when they are to be renewed, and nothing else, so that what somebody has set since
# the switch stays, such as a region. Refuses those of another account or role: that would be a switch that nobody has
# asked for.
function __ssoenv_apply_keys --no-scope-shadowing
    set -l __ssoenv_lines (builtin string split \n -- $__ssoenv_text)
    for __ssoenv_name in AWS_SSO_ACCOUNT_ID AWS_SSO_ROLE_NAME
        set -l __ssoenv_value (builtin string replace --filter --regex "^set -gx $__ssoenv_name " '' -- $__ssoenv_lines | builtin string unescape)
        test "$__ssoenv_value" = "$$__ssoenv_name"
        and continue
        __ssoenv_say 'the keys of this shell are not renewed: what it was switched to is another account or role by now. Switch again.'
        return 7
    end
    set -l __ssoenv_names AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION SSOENV_EXPIRATION \
        SSOENV_RENEW
    __ssoenv_refuse_hidden $__ssoenv_names
    or return
    set -eg $__ssoenv_names
    for __ssoenv_name in $__ssoenv_names
        eval (builtin string match -- "set -gx $__ssoenv_name *" $__ssoenv_lines)
    end
    __ssoenv_own
end

# Fills SSOENV_PROMPT, and __ssoenv_frame with what is in it before and behind the time left, which will change alone.
# What others have named is a value in it and never code, as fish prints a prompt as it is.
function __ssoenv_draw --no-scope-shadowing
    if test -z "$AWS_SSO_PROFILE$AWS_PROFILE$AWS_ACCESS_KEY_ID"
        set -gu SSOENV_PROMPT ''
        return
    end
    set -l __ssoenv_label "$AWS_SSO_PROFILE"
    set -l __ssoenv_account "$AWS_SSO_ACCOUNT_ID"
    set -l __ssoenv_color 36
    set -l __ssoenv_rest
    set -l __ssoenv_end
    test -n "$__ssoenv_label"
    or set __ssoenv_label "$AWS_PROFILE"
    test "$SSOENV_KIND" != production
    or set __ssoenv_color 31
    test "$AWS_ACCESS_KEY_ID" = "$__ssoenv_decoded_key"
    or __ssoenv_decode
    # Labels come with their keys: where only these change, somebody else has set them.
    if test "$AWS_SSO_PROFILE $AWS_SSO_ACCOUNT_ID $SSOENV_EXPIRATION" != "$__ssoenv_labels"
        set -gu __ssoenv_labels "$AWS_SSO_PROFILE $AWS_SSO_ACCOUNT_ID $SSOENV_EXPIRATION"
        set -gu __ssoenv_labelled "$AWS_ACCESS_KEY_ID"
    end
    # Not one `test` for all: it takes some values for operators.
    set -l __ssoenv_wrong
    test -n "$__ssoenv_decoded"
    and test -n "$__ssoenv_account"
    and test "$__ssoenv_decoded" != "$__ssoenv_account"
    or test "$AWS_ACCESS_KEY_ID" != "$__ssoenv_labelled"
    or test -z "$AWS_ACCESS_KEY_ID"
    and test -n "$__ssoenv_label"
    and test -n "$AWS_SSO_PROFILE$__ssoenv_account$__ssoenv_left"
    and test -z "$AWS_CONTAINER_CREDENTIALS_FULL_URI" -o -n "$AWS_ACCESS_KEY_ID"
    and set __ssoenv_wrong yes
    # A switch that set AWS_PROFILE set no keys, and no label: some SDKs take it before keys, and all before a server.
    test -n "$AWS_ACCESS_KEY_ID"
    and builtin string match --quiet '* AWS_PROFILE *' -- " $SSOENV_SET "
    and set __ssoenv_wrong yes
    test -n "$AWS_PROFILE"
    and test -n "$AWS_SSO_PROFILE"
    and test "$AWS_PROFILE" != "$AWS_SSO_PROFILE"
    and set __ssoenv_wrong yes
    if test -n "$__ssoenv_wrong"
        set __ssoenv_rest ' keys != label'
        set -l __ssoenv_locale $LC_ALL $LC_CTYPE $LANG
        builtin string match --quiet --ignore-case '*utf*' -- "$__ssoenv_locale[1]"
        and set __ssoenv_rest ' keys ≠ label'
        set __ssoenv_color '1;31'
        set __ssoenv_left
        set __ssoenv_account $__ssoenv_decoded
    end
    test -n "$__ssoenv_label"
    or set __ssoenv_label keys
    test -n "$__ssoenv_account"
    or set __ssoenv_account $__ssoenv_decoded
    test -z "$__ssoenv_account"
    or set __ssoenv_label "$__ssoenv_label $__ssoenv_account"
    # Controls, and marks that turn or hide what stands around them: each becomes a mark, as without any what stands
    # around it could make another.
    set -l __ssoenv_marks '[\p{Cc}\x{061c}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}\x{2066}-\x{2069}\x{feff}]'
    builtin string match --quiet --regex -- $__ssoenv_marks "$__ssoenv_label"
    and set __ssoenv_label (builtin string replace --all --regex -- $__ssoenv_marks '?' "$__ssoenv_label")
    if test -n "$__ssoenv_left"
        if test $__ssoenv_left -le 0
            set __ssoenv_color "9;$__ssoenv_color"
            set __ssoenv_label "$__ssoenv_label expired"
        else
            set __ssoenv_rest " $__ssoenv_hours$__ssoenv_countdown[1]m"
        end
    end
    if test "$__ssoenv_over" = new
        set __ssoenv_rest "$__ssoenv_rest login over: ssoenv login"
        set -gu __ssoenv_over said
    end
    if test -z "$NO_COLOR"
        and test "$TERM" != dumb
        if test -n "$__ssoenv_left"
            and test $__ssoenv_left -le 600
            set __ssoenv_rest \e'[0;33m'"$__ssoenv_rest"
        end
        set __ssoenv_label \e"[$__ssoenv_color"m"$__ssoenv_label"
        set __ssoenv_end \e'[0m'
    end
    set -gu SSOENV_PROMPT "$__ssoenv_label$__ssoenv_rest$__ssoenv_end"
    # For ten minutes of one hour each is one less, and all of them are made now: what they cost would be felt later. Ten,
    # as it is then seen that the clock was set, or stood still.
    test -n "$__ssoenv_left"
    and test $__ssoenv_left -gt 600 -a $__ssoenv_drawn_until -gt 0
    or return
    set -gu __ssoenv_frame "$__ssoenv_label $__ssoenv_hours" "m$__ssoenv_end"
    set -gu __ssoenv_drawn_until (builtin math "min($__ssoenv_countdown[2] + 60 * min($__ssoenv_countdown[1], 9),
        $__ssoenv_age + $__ssoenv_left - max(600, $__ssoenv_early))")
    set -gu __ssoenv_countdown (for __ssoenv_minute in 0 1 2 3 4 5 6 7 8 9
        builtin math $__ssoenv_countdown[1] - $__ssoenv_minute
        builtin math $__ssoenv_countdown[2] + 60 x $__ssoenv_minute
    end)
end

# Lets __ssoenv_decoded be the account that is written into the access key id, or empty where none is. AWS documents no
# such thing, so it serves to warn alone. ssoenv/aws/keys.py says how it is done.
function __ssoenv_decode --no-scope-shadowing
    set -gu __ssoenv_decoded
    set -gu __ssoenv_decoded_key "$AWS_ACCESS_KEY_ID"
    builtin string match --quiet --regex '^A[SK]IA(?<__ssoenv_digits>[Q-Z2-7][A-Z2-7]{9})[A-Z2-7]{6}$' -- $__ssoenv_decoded_key
    or return
    set -l __ssoenv_number 0
    for __ssoenv_code in (builtin printf '%d\n' \'(builtin string split '' $__ssoenv_digits))
        test $__ssoenv_code -ge 65
        and set __ssoenv_number "($__ssoenv_number * 32 + $__ssoenv_code - 65)" # A is 0
        or set __ssoenv_number "($__ssoenv_number * 32 + $__ssoenv_code - 24)" # 2 is 26
    end
    set -gu __ssoenv_decoded (builtin printf %012d (builtin math "floor($__ssoenv_number / 512) % 2 ^ 40"))
end

# The keys that this file has set are those that it may renew; a child shell has them from its parent.
set -gu __ssoenv_key "$AWS_ACCESS_KEY_ID"
set -gu __ssoenv_asked 0
set -gu __ssoenv_wait_again_at 0
set -gu __ssoenv_over
set -gu __ssoenv_labels
set -gu __ssoenv_labelled
set -gu __ssoenv_drawn_of
set -gu __ssoenv_drawn_at
set -gu __ssoenv_drawn_until
set -gu __ssoenv_countdown
set -gu __ssoenv_frame
set -gu __ssoenv_decoded
set -gu __ssoenv_decoded_key

# fish before 3.6 has no clock, and one before 3.5 would not even read a file that names it.
if builtin string match --quiet --regex '\A(?:[0-2]|3\.[0-5])\.' $version
    functions --erase __ssoenv_hook
    function ssouse
        __ssoenv_say "this is fish $version, and ssouse needs 3.6 or later. Nothing was changed."
        return 7
    end
else
    # Fills __ssoenv_ages: when the first of the files was written (POSIX), and how many seconds ago each was of those
    # that there are.
    eval 'function __ssoenv_read_clock --no-scope-shadowing
        set __ssoenv_ages (builtin path mtime -- $argv[1]; builtin path mtime --relative -- $argv)
        set -q __ssoenv_ages[2]
    end'
end
