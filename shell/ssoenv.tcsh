# ssoenv for tcsh, 6.24 and later: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  ssoenv init tcsh >! ~/.ssoenv.tcsh && source ~/.ssoenv.tcsh
#
# tcsh has no functions: `ssouse` is an alias that has this file read again with its words, from top to bottom, and `exit`
# only ends that. The alias is one command, so that `&&`, `||` and redirections are those of all of it. The file has the
# sections of the other shells' files, but commands come first. Builtins are called as set, and programs by their paths,
# so that no alias of the user's stands in. The program `ssoenv` only prints. What it printed is first proven to be
# nothing but assignments and removals of AWS_* and SSOENV_* variables, and these are then made by name: no text of it is
# ever evaluated. Where `eval` stands, it is for a variable's name.

# --- commands --------------------------------------------------------------------------------------------------------

# Nothing by these names that comes from the environment is ours.
unsetenv '__ssoenv_*'

set __ssoenv_args = ($argv:q)
set __ssoenv_task = load
if ($#__ssoenv_args > 0) then
    if ("x$__ssoenv_args[1]:q" == x__ssoenv) set __ssoenv_task = switch
endif
if ($__ssoenv_task == load) then
    # What loads it from another place than that says so.
    if (! $?__ssoenv_file) set __ssoenv_file = ~/.ssoenv.tcsh
    set __ssoenv_wrapper = $__ssoenv_file:q
    alias ssouse 'source $__ssoenv_wrapper:q __ssoenv \!*'
    # env ends with 127 where there is no ssoenv; tcsh itself would end with 1. It is an alias since between backquotes
    # in double quotes variables become text, which is then read again.
    alias __ssoenv_run '/usr/bin/env ssoenv use --shell tcsh --wrapper 1 $__ssoenv_args:q'
    alias __ssoenv_say '/bin/sh -c '\''printf "ssouse: %s\\n" "$1" >&2'\'' sh'
    if (! $?__ssoenv_base_names) set __ssoenv_base_names = ()
    if (! $?__ssoenv_now) set __ssoenv_now = ()
    if (! $?__ssoenv_before) set __ssoenv_before = ()
    goto __ssoenv_loaded
endif

shift __ssoenv_args
foreach __ssoenv_word ($__ssoenv_args:q)
    if ("x$__ssoenv_word:q" == x- || "x$__ssoenv_word:q" == x--off) set __ssoenv_task = wrong
end
if ("x$__ssoenv_args" == x-) set __ssoenv_task = back
if ("x$__ssoenv_args" == x--off) set __ssoenv_task = off
foreach __ssoenv_word ($__ssoenv_args:q)
    if ("x$__ssoenv_word:q" == x--forget) set __ssoenv_task = keep
    if ("x$__ssoenv_word:q" == x--help) set __ssoenv_task = help
end
if ("x$__ssoenv_args" == x-h) set __ssoenv_task = help

if ($__ssoenv_task == help) then
    /usr/bin/env ssoenv use --help
    exit $status
else if ($__ssoenv_task == keep) then
    /usr/bin/env ssoenv use $__ssoenv_args:q
    exit $status
else if ($__ssoenv_task == wrong) then
    __ssoenv_say "'-' and '--off' take nothing else."
    exit 2
else if ($__ssoenv_task == back) then
    if ($#__ssoenv_before == 0) then
        __ssoenv_say 'there was no earlier switch in this shell.'
        exit 2
    endif
    set __ssoenv_args = ($__ssoenv_before:q)
else if ($__ssoenv_task == off && $#__ssoenv_base_names == 0) then
    if (! $?SSOENV_SET) set __ssoenv_task = idle
    if ($?SSOENV_SET) set __ssoenv_task = orphan
endif

if ($__ssoenv_task == switch || $__ssoenv_task == back) then
    set __ssoenv_lines = ("`__ssoenv_run`")
    set __ssoenv_status = $status
    if ($__ssoenv_status != 0) exit $__ssoenv_status
endif

# Without tracing, so that no secret is shown, and without what changes how the lines below are read, which is the
# caller's business. Before, Ctrl-C would have left them changed.
set __ssoenv_options = ()
foreach __ssoenv_name (echo verbose backslash_quote noglob)
    eval 'if ($?'$__ssoenv_name') set __ssoenv_options = ($__ssoenv_options '$__ssoenv_name')'
end
unset echo verbose backslash_quote
set noglob
set __ssoenv_status = 0
set __ssoenv_names = ()

if ($__ssoenv_task == idle) then
    __ssoenv_say 'this shell has not been switched.'
    goto __ssoenv_forget
else if ($__ssoenv_task == off) then
    goto __ssoenv_apply
else if ($__ssoenv_task == orphan) then
    # Its names are proven as those of a snippet are.
    set __ssoenv_lines = (': ssoenv/1 0;')
    foreach __ssoenv_name ($SSOENV_SET SSOENV_SET)
        set __ssoenv_lines = ($__ssoenv_lines:q "unsetenv $__ssoenv_name;")
    end
    set __ssoenv_lines = ($__ssoenv_lines:q ': ssoenv/end;')
endif

# --- check -----------------------------------------------------------------------------------------------------------

# Proves that __ssoenv_lines are a snippet, and fills __ssoenv_names, and each __ssoenv_new_NAME (`=value` sets, `-`
# removes). tcsh has dropped empty lines.
@ __ssoenv_last = $#__ssoenv_lines
if ($__ssoenv_last < 3) goto __ssoenv_refuse
if ("x$__ssoenv_lines[$__ssoenv_last]:q" != 'x: ssoenv/end;') goto __ssoenv_refuse
set __ssoenv_value = "${__ssoenv_lines[1]:s@: ssoenv/1 @@:s/;//:q}"
if ("x$__ssoenv_lines[1]:q" != "x: ssoenv/1 $__ssoenv_value;") goto __ssoenv_refuse
if ("x$__ssoenv_value" == x || "x$__ssoenv_value" =~ x*[^0123456789]*) goto __ssoenv_refuse
@ __ssoenv_i = 2
while ($__ssoenv_i < $__ssoenv_last)
    set __ssoenv_line = "$__ssoenv_lines[$__ssoenv_i]:q"
    @ __ssoenv_i++
    # ASCII without control characters. The letters are spelled out: in some locales the range a-z holds more. A ] can't
    # be among them.
    set __ssoenv_value = "${__ssoenv_line:as/]//:q}"
    if ("x$__ssoenv_value:q" =~ *[^\ \!\"\#\$\%\&\'\(\)\*\+\,\.\/0123456789\:\;\<\=\>\?\@ABCDEFGHIJKLMNOPQRSTUVWXYZ\[\\\^\_\`abcdefghijklmnopqrstuvwxyz\{\|\}\~-]*) goto __ssoenv_refuse
    # The second word. Not `set word = ($line)`, where a parenthesis in the text would end the list.
    @ __ssoenv_count = 0
    foreach __ssoenv_name ($__ssoenv_line)
        @ __ssoenv_count++
        if ($__ssoenv_count == 2) break
    end
    set __ssoenv_name = "${__ssoenv_name:s/;//:q}"
    if ("x$__ssoenv_name:q" =~ x*[^ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_]*) goto __ssoenv_refuse
    if ("$__ssoenv_name" !~ AWS_?* && "$__ssoenv_name" !~ SSOENV_?*) goto __ssoenv_refuse
    if ("x$__ssoenv_line:q" == "xunsetenv $__ssoenv_name;") then
        set __ssoenv_value = -
    else
        # Each ' \ ! between the quotes is written '\'' '\\' '\!'. These become a tab and a letter, as no tab is in the
        # line; then none of the three may be left. Before a slash, a backslash would not be one.
        set __ssoenv_line = "${__ssoenv_line:as/'\''/	q/:q}"
        set __ssoenv_line = "${__ssoenv_line:as/'\\'/	b/:q}"
        set __ssoenv_line = "${__ssoenv_line:as/'\\!'/	x/:q}"
        eval 'set __ssoenv_value = "${__ssoenv_line:s/setenv '"$__ssoenv_name '"'//:q}"'
        set __ssoenv_value = "${__ssoenv_value:s/';//:q}"
        if ("x$__ssoenv_line:q" != "xsetenv $__ssoenv_name '$__ssoenv_value:q';") goto __ssoenv_refuse
        if ("x$__ssoenv_value:q" =~ *[\'\\\!]*) goto __ssoenv_refuse
        set __ssoenv_value = "${__ssoenv_value:as/	q/'/:q}"
        set __ssoenv_value = "${__ssoenv_value:as/	x/\!/:q}"
        set __ssoenv_value = "${__ssoenv_value:as/	b/\	/:q}"
        set __ssoenv_value = "=${__ssoenv_value:as/	//:q}"
    endif
    set __ssoenv_names = ($__ssoenv_names $__ssoenv_name)
    set __ssoenv_new_$__ssoenv_name = "$__ssoenv_value:q"
end

# --- memory ----------------------------------------------------------------------------------------------------------
# Never exported: __ssoenv_base_names lists what was touched since the first switch, and __ssoenv_base_NAME holds what
# was there before it (`=value`, or `-` if absent); __ssoenv_now and __ssoenv_before hold the words of the last two
# switches.

# $NAME is a variable of the shell, if there is one, and otherwise the environment's. Only printenv tells, and it ends
# with 1 where the environment has none.
foreach __ssoenv_name ($__ssoenv_names)
    eval 'set __ssoenv_word = $?__ssoenv_base_'$__ssoenv_name
    if ($__ssoenv_word || $__ssoenv_task == orphan) continue
    eval 'set __ssoenv_word = $?'$__ssoenv_name
    if (! $__ssoenv_word) continue
    eval 'set __ssoenv_word = ("$'$__ssoenv_name':q")'
    set __ssoenv_value = ("`printenv $__ssoenv_name`")
    if ($status == 0 && "x$__ssoenv_word:q" != "x$__ssoenv_value:q") then
        __ssoenv_say "$__ssoenv_name holds a line break, or is hidden by a shell variable, so nothing was changed. Remove it."
        set __ssoenv_status = 7
        goto __ssoenv_end
    endif
end
foreach __ssoenv_name ($__ssoenv_names)
    eval 'set __ssoenv_word = $?__ssoenv_base_'$__ssoenv_name
    if ($__ssoenv_word) continue
    set __ssoenv_value = -
    printenv $__ssoenv_name >&! /dev/null
    if ($status == 0) eval 'set __ssoenv_value = "=$'$__ssoenv_name':q"'
    if ($__ssoenv_task == orphan) set __ssoenv_value = -
    set __ssoenv_base_names = ($__ssoenv_base_names $__ssoenv_name)
    set __ssoenv_base_$__ssoenv_name = "$__ssoenv_value:q"
end
if ($#__ssoenv_now == 0 && $?AWS_SSO_PROFILE && $__ssoenv_task != orphan) then
    set __ssoenv_now = ("$AWS_SSO_PROFILE:q")
endif

# --- apply -----------------------------------------------------------------------------------------------------------

# Makes the environment what it was before the first switch, plus what is new.
__ssoenv_apply:
foreach __ssoenv_name ($__ssoenv_base_names)
    set __ssoenv_from = __ssoenv_base_$__ssoenv_name
    eval 'if ($?__ssoenv_new_'$__ssoenv_name') set __ssoenv_from = __ssoenv_new_'$__ssoenv_name
    eval 'set __ssoenv_value = "$'$__ssoenv_from':q"'
    if ("x$__ssoenv_value:q" == x-) then
        unsetenv $__ssoenv_name
    else
        setenv $__ssoenv_name "${__ssoenv_value:s/=//:q}"
    endif
end
if ($__ssoenv_task == switch || $__ssoenv_task == back) then
    if ($#__ssoenv_now > 0 && "x$__ssoenv_now" != "x$__ssoenv_args") set __ssoenv_before = ($__ssoenv_now:q)
    set __ssoenv_now = ($__ssoenv_args:q)
    goto __ssoenv_end
endif
if ($__ssoenv_task == orphan) then
    __ssoenv_say 'this shell did not make the switch: what it set is removed, nothing restored.'
else if ($?SSOENV_SET) then
    __ssoenv_say 'this shell is again what its parent was switched to. To end that, too, once more: ssouse --off'
endif

__ssoenv_forget:
unset '__ssoenv_base_*'
set __ssoenv_base_names = ()
if ($#__ssoenv_now > 0) set __ssoenv_before = ($__ssoenv_now:q)
set __ssoenv_now = ()
goto __ssoenv_end

__ssoenv_refuse:
set __ssoenv_status = 7
if ($__ssoenv_task == orphan) then
    __ssoenv_say 'SSOENV_SET holds something other than names of variables, so nothing was changed.'
else
    __ssoenv_say 'refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. If ssoenv was updated, start a new shell.'
endif

__ssoenv_end:
unset '__ssoenv_new_*' __ssoenv_lines __ssoenv_line __ssoenv_value __ssoenv_word
unset noglob
foreach __ssoenv_name ($__ssoenv_options)
    set $__ssoenv_name
end
exit $__ssoenv_status

__ssoenv_loaded:
unset __ssoenv_file __ssoenv_args __ssoenv_task
