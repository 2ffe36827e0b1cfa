# ssoenv for nushell, 0.108 and later: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  ssoenv init nushell | save --force ~/.ssoenv.nu
#           source ~/.ssoenv.nu
#
# Each shell's file has the same sections in the same order: check, memory, apply, commands. Programs are called with
# ^, so that no command of the user's stands in. The program `ssoenv` only prints. What it printed is first proven to
# be nothing but assignments and removals of AWS_* and SSOENV_* variables, and these are then made by name: no text is
# ever evaluated.

# --- check -----------------------------------------------------------------------------------------------------------

const __ssoenv_ours = '(?:AWS|SSOENV)_[A-Z0-9_]+'

# Proves that $text is a snippet, and returns what it sets: name and value, or null to remove. Null if it is none.
def __ssoenv_check [text: any] {
    let value = '"(?:[^"\\\p{Cc}]|\\["\\])*"'
    let line = $"\(?:hide-env -i ($__ssoenv_ours)|load-env \\{\"($__ssoenv_ours)\": ($value)\\}\)\\n"
    # The shell has cut the last newline off. Text that is not UTF-8 has become bytes.
    let snippet = $"\\A# ssoenv/1 [0-9]+\\n\(?:($line)\)+# ssoenv/end\\z"
    if ($text | describe) != string or $text !~ $snippet { return null }
    let parts = '(?m)^(?:hide-env -i |load-env \{")(?<name>\w+)(?:": (?<word>".*")\})?$'
    # Such a word is JSON, too, which turns it into its value.
    $text | parse --regex $parts | each {|it|
        {name: $it.name, value: (if ($it.word | is-empty) { null } else { $it.word | from json })}
    }
}

# --- memory ----------------------------------------------------------------------------------------------------------
# base holds what was there before the first switch (name and value, null if absent); now and before hold the arguments
# of the last two switches. It is a record, which no child process is handed, and none that comes from a parent.

if ($env.__ssoenv_memory? | describe) !~ '^record' {
    $env.__ssoenv_memory = {base: [], now: [], before: []}
}

def --env __ssoenv_remember [changes: list<any>] {
    let known = $env.__ssoenv_memory.base.name?
    let added = $changes.name | where {|name| $name not-in $known } | each {|name|
        {name: $name, value: ($env | get --optional $name)}
    }
    $env.__ssoenv_memory.base ++= $added
}

# --- apply -----------------------------------------------------------------------------------------------------------

# Makes the environment what it was before the first switch, plus $changes.
def --env __ssoenv_apply [changes: list<any>] {
    __ssoenv_remember $changes
    __ssoenv_set ($env.__ssoenv_memory.base ++ $changes)
}

# A variable that is null is one that no child process is handed. hide-env would bring an outer scope's value back
# instead, where a function of the user's switches twice.
def --env __ssoenv_set [changes: list<any>] {
    load-env ($changes | reduce --fold {} {|it, all| $all | upsert $it.name $it.value })
}

# Says what is wrong, and fails.
def __ssoenv_fail [status: int, sentence: string] {
    print --stderr $"ssouse: ($sentence)"
    # Only a program can end with another status than 1 here.
    if $nu.os-info.name == windows { ^cmd /c exit $status } else { ^/bin/sh -c $"exit ($status)" }
}

# --- commands --------------------------------------------------------------------------------------------------------

def --env __ssoenv_switch [words: list<string>] {
    # A program that fails ends this here, with its status.
    let text = (^ssoenv use --shell nushell --wrapper 1 ...$words)
    let changes = __ssoenv_check $text
    if $changes == null {
        __ssoenv_fail 7 'refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. If ssoenv was updated, start a new shell.'
    }
    if ($env.__ssoenv_memory.now | is-empty) and ($env.AWS_SSO_PROFILE? | is-not-empty) {
        $env.__ssoenv_memory.now = [$env.AWS_SSO_PROFILE]
    }
    __ssoenv_apply $changes
    if ($env.__ssoenv_memory.now | is-not-empty) and $env.__ssoenv_memory.now != $words { $env.__ssoenv_memory.before = $env.__ssoenv_memory.now }
    $env.__ssoenv_memory.now = $words
}

def --env __ssoenv_off [] {
    if ($env.__ssoenv_memory.base | is-not-empty) {
        __ssoenv_apply []
        $env.__ssoenv_memory.base = []
        if ($env.SSOENV_SET? | is-not-empty) { print --stderr 'ssouse: this shell is again what its parent was switched to. To end that, too, once more: ssouse --off' }
    } else if ($env.SSOENV_SET? | is-not-empty) {
        if $env.SSOENV_SET !~ $"\\A($__ssoenv_ours)\(?: ($__ssoenv_ours)\)*\\z" {
            __ssoenv_fail 7 'SSOENV_SET holds something other than names of variables, so nothing was changed.'
        }
        __ssoenv_set ($env.SSOENV_SET | split row ' ' | append SSOENV_SET | each {|name| {name: $name, value: null} })
        print --stderr 'ssouse: this shell did not make the switch: what it set is removed, nothing restored.'
    } else {
        print --stderr 'ssouse: this shell has not been switched.'
    }
    if ($env.__ssoenv_memory.now | is-not-empty) { $env.__ssoenv_memory.before = $env.__ssoenv_memory.now }
    $env.__ssoenv_memory.now = []
}

def --env __ssoenv_back [] {
    if ($env.__ssoenv_memory.before | is-empty) { __ssoenv_fail 2 'there was no earlier switch in this shell.' }
    __ssoenv_switch $env.__ssoenv_memory.before
}

# What the completion, a file of its own, offers for a line.
def __ssoenv_offers [line: string] {
    do ($env.__ssoenv_offers? | default {|_| []}) $line
}

# Makes this shell be an AWS account and role.
def --env --wrapped ssouse [...words: string@__ssoenv_offers] {
    if $words == ['--off'] {
        __ssoenv_off
    } else if (which --all ssoenv | where type == external | is-empty) {
        __ssoenv_fail 127 'there is no program ssoenv on PATH. Nothing was changed.'
    } else if '--help' in $words or $words == ['-h'] {
        ^ssoenv use --help
    } else if '--forget' in $words {
        ^ssoenv use ...$words
    } else if $words == ['-'] {
        __ssoenv_back
    } else if '-' in $words or '--off' in $words {
        __ssoenv_fail 2 "'-' and '--off' take nothing else."
    } else {
        __ssoenv_switch $words
    }
}
