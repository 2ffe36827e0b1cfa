# ssoenv for elvish, 0.19 and later: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  var ssouse~ = (external ssouse); eval (ssoenv init elvish | slurp) &ns=(ns [&]) &on-end={|ns| set ssouse~ = $ns[ssouse~] }
#
# Each shell's file has the same sections in the same order: check, memory, apply, commands. It is evaluated in a
# namespace of its own, so that no function of the user's stands in. The program `ssoenv` only prints. What it printed
# is first proven to be nothing but assignments and removals of AWS_* and SSOENV_* variables, and these are then made
# by name: no text is ever evaluated.

use platform
use re
use str

# --- check -----------------------------------------------------------------------------------------------------------

var ours = '(?:AWS|SSOENV)_[A-Z0-9_]+'

# Proves that $text is a snippet, and puts a map of what it sets: name to value, or $nil to remove. $nil if it is none.
fn check {|text|
    var line = '(?:unset-env '$ours'|set-env '$ours' ''(?:[^''\p{Cc}]|'''')*'')\n'
    if (not (re:match '\A# ssoenv/1 [0-9]+\n(?:'$line')+# ssoenv/end\n\z' $text)) {
        put $nil
        return
    }
    var changes = [&]
    re:find '(?m)^(?:un)?set-env (\w+)(?: ''(.*)'')?$' $text | each {|match|
        var name word = $match[groups][1][text] $match[groups][2]
        set changes[$name] = (if (== $word[start] -1) { put $nil } else { str:replace "''" "'" $word[text] })
    }
    put $changes
}

# --- memory ----------------------------------------------------------------------------------------------------------
# base holds what was there before the first switch (name to value, or $nil if absent); now and before hold the
# arguments of the last two switches.

var base = [&]
var now = []
var before = []

fn remember {|changes|
    for name [(keys $changes)] {
        if (not (has-key $base $name)) {
            set base[$name] = (if (has-env $name) { get-env $name } else { put $nil })
        }
    }
}

# --- apply -----------------------------------------------------------------------------------------------------------

# Makes the environment what it was before the first switch, plus $changes.
fn apply {|changes|
    remember $changes
    for name [(keys $base)] {
        var value = (if (has-key $changes $name) { put $changes[$name] } else { put $base[$name] })
        if (eq $value $nil) { unset-env $name } else { set-env $name $value }
    }
}

fn say {|sentence|
    echo 'ssouse: '$sentence >&2
}

# Says what is wrong, and raises what a program's failure looks like.
fn refuse {|status sentence|
    say $sentence
    # Only a program can end with a status here.
    if $platform:is-windows { e:cmd /c exit $status } else { (external /bin/sh) -c 'exit '$status }
}

# --- commands --------------------------------------------------------------------------------------------------------

fn switch {|words|
    # A program that fails raises an exception, which ends this here.
    var text = (e:ssoenv use --shell elvish --wrapper 1 $@words | slurp)
    var changes = (check $text)
    if (eq $changes $nil) {
        refuse 7 'refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. If ssoenv was updated, start a new shell.'
    }
    if (and (eq $now []) (not-eq $E:AWS_SSO_PROFILE '')) { set now = [$E:AWS_SSO_PROFILE] }
    apply $changes
    if (and (not-eq $now []) (not-eq $now $words)) { set before = $now }
    set now = $words
}

fn off {
    if (not-eq $base [&]) {
        apply [&]
        set base = [&]
        if (not-eq $E:SSOENV_SET '') { say 'this shell is again what its parent was switched to. To end that, too, once more: ssouse --off' }
    } elif (not-eq $E:SSOENV_SET '') {
        if (not (re:match '\A'$ours'(?: '$ours')*\z' $E:SSOENV_SET)) {
            refuse 7 'SSOENV_SET holds something other than names of variables, so nothing was changed.'
        }
        for name [(str:split ' ' $E:SSOENV_SET) SSOENV_SET] { unset-env $name }
        say 'this shell did not make the switch: what it set is removed, nothing restored.'
    } else {
        say 'this shell has not been switched.'
    }
    if (not-eq $now []) { set before = $now }
    set now = []
}

fn back {
    if (eq $before []) { refuse 2 'there was no earlier switch in this shell.' }
    switch $before
}

fn ssouse {|@words|
    if (eq $words [--off]) {
        off
    } elif (not (has-external ssoenv)) {
        refuse 127 'there is no program ssoenv on PATH. Nothing was changed.'
    } elif (or (has-value $words --help) (eq $words [-h])) {
        e:ssoenv use --help
    } elif (has-value $words --forget) {
        e:ssoenv use $@words
    } elif (eq $words [-]) {
        back
    } elif (or (has-value $words -) (has-value $words --off)) {
        refuse 2 '''-'' and ''--off'' take nothing else.'
    } else {
        switch $words
    }
}
