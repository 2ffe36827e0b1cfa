# Completion of profile names after `ssouse` for tcsh.
#
# No program is started: the names come from a file that ssoenv keeps, which this file, read again, prints. They are
# other people's text: those that would need quotes are left out.

if (! $?__ssoenv_offering) then
    # What loads it from another place than that says so.
    if (! $?__ssoenv_file) set __ssoenv_file = ~/.ssoenv.tcsh
    set __ssoenv_completion = $__ssoenv_file:q
    set __ssoenv_cache = ~/.cache
    if ($?XDG_CACHE_HOME) then
        if ("x$XDG_CACHE_HOME:q" != x) set __ssoenv_cache = "$XDG_CACHE_HOME:q"
    endif
    complete ssouse 'p@1@`set __ssoenv_offering; if (-f $__ssoenv_cache:q/ssoenv/names) eval '\''source $__ssoenv_completion:q < $__ssoenv_cache:q/ssoenv/names'\''`@'
    goto __ssoenv_done
endif
set noglob
set __ssoenv_line = "$<"
while ("x$__ssoenv_line:q" != x)
    foreach __ssoenv_name ($__ssoenv_line)
        break
    end
    if ("x$__ssoenv_name:q" !~ x*[^ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@%+=,-]*) then
        # A tab ends it, no blank.
        if ("x$__ssoenv_line:q" =~ "x$__ssoenv_name	"*) echo "$__ssoenv_name"
    endif
    set __ssoenv_line = "$<"
end
exit

__ssoenv_done:
unset __ssoenv_file
