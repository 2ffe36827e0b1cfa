# Completion of profile names after `ssouse` for elvish.
#
# No process is started: the names come from a file that ssoenv keeps. They are other people's text; elvish quotes them
# where they need it.

use str

fn offer {|@words|
    # The first word after options.
    for word $words[1..-1] { if (not (str:has-prefix $word -)) { return } }
    var cache = ~/.cache
    if (has-env XDG_CACHE_HOME) { set cache = $E:XDG_CACHE_HOME }
    try {
        from-lines < $cache/ssoenv/names | each {|line|
            var name about = (str:split &max=2 "\t" $line)
            if (str:has-prefix $name $words[-1]) { put [$name $about] }
        }
    } catch e {
        nop # no names are known
    }
}

# The editor is there in interactive shells alone.
try {
    eval &ns=(ns [&offer~=$offer~]) '
        set edit:completion:arg-completer[ssouse] = {|@words|
            offer $@words | each {|it| edit:complex-candidate $it[0] &display=$it[0]"  "$it[1] }
        }'
} catch e {
    nop
}
