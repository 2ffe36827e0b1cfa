# Completion of `ssoenv` and `ssouse` for fish.
#
# No process is started: profile names come from a file that ssoenv keeps, whose lines are what fish wants: a name, a
# tab, a description. They are other people's text: fish quotes what it inserts, and nothing here evaluates it.

# Prints the words before the cursor that are neither options nor values of options.
function __ssoenv_complete_words
    set -l words (commandline -opc)
    set -l valued --account --browser --min --name --output --profile --redirect-port --region --role --session
    set -a valued --shell --sso-region --start-url --to
    set -l option
    for word in $words[2..-1]
        if set -q option[1]
            set -e option
        else if builtin contains -- $word $valued
            set option $word
        else if not builtin string match --quiet -- '-*' $word
            builtin echo -- $word
        end
    end
end

# Tells whether the first word is this one; without one, whether there is none yet.
function __ssoenv_complete_in
    set -l words (__ssoenv_complete_words)
    test "$words[1]" = "$argv"
end

# Tells whether the words are just these, so that an argument may follow.
function __ssoenv_complete_after
    set -l words (__ssoenv_complete_words)
    test "$words" = "$argv"
end

# Prints the lines of the names file that begin with what was typed, if there are any: fish needs a while to look
# through thousands. Otherwise all, in which fish finds what was typed anywhere, or in quotes.
function __ssoenv_complete_names
    set -l folder $XDG_CACHE_HOME
    test -n "$folder"
    or set folder $HOME/.cache
    test -r $folder/ssoenv/names
    or return
    read -lz names <$folder/ssoenv/names
    set -l typed (builtin string escape --style=regex -- (commandline -ct))
    builtin string match --all --regex -- "(?m)^$typed.+" $names
    or builtin string match --all --regex -- '.+' $names
end

complete -e -c ssoenv
complete -e -c ssouse
complete -c ssoenv -f
complete -c ssoenv -s h -l help -d 'Show help'
complete -c ssoenv -n __ssoenv_complete_in -l version -d 'Show the version'

complete -c ssoenv -n __ssoenv_complete_in -a use -d 'Print the code that switches a shell'
complete -c ssoenv -n __ssoenv_complete_in -a login -d 'Log in to a session'
complete -c ssoenv -n __ssoenv_complete_in -a logout -d 'End a login'
complete -c ssoenv -n __ssoenv_complete_in -a configure -d 'Set up profiles'
complete -c ssoenv -n __ssoenv_complete_in -a list -d 'List the profiles'
complete -c ssoenv -n __ssoenv_complete_in -a accounts -d 'List the AWS accounts that your login grants'
complete -c ssoenv -n __ssoenv_complete_in -a roles -d 'List the roles that your login grants'
complete -c ssoenv -n __ssoenv_complete_in -a status -d 'Show what this shell is, and for how long'
complete -c ssoenv -n __ssoenv_complete_in -a init -d 'Set a shell up'
complete -c ssoenv -n __ssoenv_complete_in -a alias -d 'Give a profile a name of your own'
complete -c ssoenv -n __ssoenv_complete_in -a settings -d 'Show each setting'
complete -c ssoenv -n __ssoenv_complete_in -a demo -d 'Try ssoenv without an AWS account'

complete -c ssoenv -n '__ssoenv_complete_after use' -k -a '(__ssoenv_complete_names)'
complete -c ssoenv -n '__ssoenv_complete_in use' -x -l region -d 'Use this region, this once'
complete -c ssoenv -n '__ssoenv_complete_in use' -l profile-mode -d 'Export only the profile\'s name'
complete -c ssoenv -n '__ssoenv_complete_in use' -l no-profile-mode -d 'Export the keys'
complete -c ssoenv -n '__ssoenv_complete_in use' -s q -l quiet -d 'Say nothing after the switch'
complete -c ssoenv -n '__ssoenv_complete_in use' -x -l shell -d 'The shell to print for' \
    -a 'bash cmd elvish fish nushell powershell sh tcsh xonsh zsh'

complete -c ssoenv -n '__ssoenv_complete_after login' -k -a '(__ssoenv_complete_names)'
complete -c ssoenv -n '__ssoenv_complete_in login' -l force -d 'Log in even if the login is still good'
complete -c ssoenv -n '__ssoenv_complete_in login' -l no-browser -d 'Open no browser'
complete -c ssoenv -n '__ssoenv_complete_in login' -l all -d 'Log in to each session in turn'
complete -c ssoenv -n '__ssoenv_complete_in login' -x -l browser -d 'Open this browser'
complete -c ssoenv -n '__ssoenv_complete_in login' -x -l redirect-port -d 'Approve behind an ssh tunnel to this port'
complete -c ssoenv -n '__ssoenv_complete_in login' -l qr -d 'Show the link as a QR code too'
complete -c ssoenv -n '__ssoenv_complete_in login' -x -l start-url -d 'Log in to this portal, not configured'
complete -c ssoenv -n '__ssoenv_complete_in login' -x -l sso-region -d 'The portal\'s region'
complete -c ssoenv -n '__ssoenv_complete_in login' -x -l session -d 'What to call the portal'
complete -c ssoenv -n '__ssoenv_complete_in login' -l device-code -d 'Approve a code in a browser, on any machine'

complete -c ssoenv -n '__ssoenv_complete_after logout' -k -a '(__ssoenv_complete_names)'
complete -c ssoenv -n '__ssoenv_complete_in logout' -l all -d 'End every login'

complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l start-url -d 'The portal\'s start URL'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l sso-region -d 'The portal\'s region'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l session -d 'The SSO session'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l account -d 'The account'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l role -d 'The role'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l region -d 'The default region'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l output -d 'The AWS CLI\'s output format'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l profile -d 'The profile\'s name'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l force -d 'Overwrite a profile of that name'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l no-input -d 'Ask nothing'
complete -c ssoenv -n '__ssoenv_complete_in configure' -r -l to -d 'Write to this file'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l all -d 'Write a profile for each account and role'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l name -d 'How to name them'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l prune -d 'Remove those that are granted no more'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l dry-run -d 'Show the changes as a diff'

complete -c ssoenv -n '__ssoenv_complete_in list' -l json -d 'Print JSON'

complete -c ssoenv -n '__ssoenv_complete_in accounts' -l json -d 'Print JSON'
complete -c ssoenv -n '__ssoenv_complete_in accounts' -l refresh -d 'List anew'
complete -c ssoenv -n '__ssoenv_complete_in accounts' -x -l session -d 'Of this SSO session'

complete -c ssoenv -n '__ssoenv_complete_in roles' -l json -d 'Print JSON'
complete -c ssoenv -n '__ssoenv_complete_in roles' -l refresh -d 'List anew'
complete -c ssoenv -n '__ssoenv_complete_in roles' -x -l session -d 'Of this SSO session'

complete -c ssoenv -n '__ssoenv_complete_in status' -l verify -d 'Ask AWS whose the keys are'
complete -c ssoenv -n '__ssoenv_complete_in status' -l check -d 'Say nothing, answer by exit code'
complete -c ssoenv -n '__ssoenv_complete_in status' -x -l min -d 'For --check: good for so long yet, as 30m'
complete -c ssoenv -n '__ssoenv_complete_in status' -l json -d 'Print JSON'

complete -c ssoenv -n '__ssoenv_complete_after init' -a 'bash elvish fish nushell powershell tcsh xonsh zsh'
complete -c ssoenv -n '__ssoenv_complete_in init' -l install -d 'Add a line to the shell\'s rc file'
complete -c ssoenv -n '__ssoenv_complete_in init' -l uninstall -d 'Take that line out again'
complete -c ssoenv -n '__ssoenv_complete_in init' -l dry-run -d 'Only show what would be done'

complete -c ssoenv -n '__ssoenv_complete_in alias' -l remove -d 'Remove it'

complete -c ssoenv -n '__ssoenv_complete_in demo' -l tour -d 'Play it by itself'

complete -c ssouse -f
complete -c ssouse -n __ssoenv_complete_after -k -a '(__ssoenv_complete_names)'
complete -c ssouse -n 'builtin string match --quiet -- "-*" (commandline -ct)' -a - -d 'Go back to the one before'
complete -c ssouse -l off -d 'Bring back what was there before the first switch'
complete -c ssouse -x -l region -d 'Use this region, this once'
complete -c ssouse -l profile-mode -d 'Export only the profile\'s name'
complete -c ssouse -l no-profile-mode -d 'Export the keys'
complete -c ssouse -s q -l quiet -d 'Say nothing after the switch'
complete -c ssouse -s h -l help -d 'Show help'
