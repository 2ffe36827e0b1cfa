# Completion of profile names after `ssouse` for nushell; what ssoenv.nu offers at Tab.
#
# No process is started: the names come from a file that ssoenv keeps. They are other people's text, so they are
# compared and quoted, and never evaluated.

$env.__ssoenv_offers = {|line: string|
    # The first word after options, if that is where the cursor is.
    let typed = $line | parse --regex '\A\s*ssouse\s+(?:-\S+\s+)*"?(?<word>[^-"\s][^"]*|)\z' | get word.0?
    let cache = if $nu.os-info.name == windows {
        $env.LOCALAPPDATA?
    } else if ($env.XDG_CACHE_HOME? | is-not-empty) {
        $env.XDG_CACHE_HOME
    } else {
        $nu.home-path | path join .cache
    }
    let file = $cache | default '' | path join ssoenv names
    if $typed == null or not ($file | path exists) { return [] }
    let found = open --raw $file | decode utf-8 | lines | where {|it| $it | str starts-with $typed } | each {|it|
        let parts = $it | split row "\t"
        # Not all words can stand bare. What is quoted at both ends would not be offered after a quote: hence the blank.
        let is_plain = $parts.0 =~ '\A\w[\w./@+-]*\z' and $parts.0 not-in ['true' 'false' 'null']
        let name = if $is_plain { $parts.0 } else { $"($parts.0 | to json) " }
        {value: $name, description: $parts.1?}
    }
    # Quoted offers don't start with what was typed.
    {options: {sort: false, case_sensitive: true, completion_algorithm: substring}, completions: $found}
}
