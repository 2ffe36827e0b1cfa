# Completion of `ssoenv` and `ssouse` for fish.
#
# No process is started: names come from files that ssoenv keeps, whose lines are what fish wants: a name, a tab, a
# description. They are other people's text: fish quotes what it inserts, and nothing here evaluates it.

# It is read once, so that what a user has added to it stays and nothing is offered twice.
functions --query __ssoenv_complete_words
and return

# Prints the words before the cursor that are neither options nor values of options.
function __ssoenv_complete_words
    set -l words (commandline -opc)
    set -l valued --account --as --browser --for --forget-region --format --jobs --match --min --name --option --os
    set -a valued --output --port --profile --redirect-port --region --role --service --session --shell --sso-region
    set -a valued --start-url --to --url --value --with
    set -l option
    for word in $words[2..-1]
        if set -q option[1]
            set -e option
        else if builtin contains -- $word $valued
            set option $word
        else if test "$word" = --; or not builtin string match --quiet -- '-*' $word
            builtin echo -- $word
        end
    end
end

# Tells whether the first word is one of these; without any, whether there is none yet.
function __ssoenv_complete_in
    set -l words (__ssoenv_complete_words)
    set -q argv[1]
    or set argv ''
    builtin contains -- "$words[1]" $argv
    and not builtin contains -- -- $words
end

# Tells whether one of these is all that there is, so that an argument may follow; without any, whether there is none yet.
function __ssoenv_complete_after
    test (builtin count (__ssoenv_complete_words)) -le 1
    and __ssoenv_complete_in $argv
end

# Tells whether the words are an alias and its name, so that what it stands for may follow; or which one to remove may.
function __ssoenv_complete_alias
    set -l words (__ssoenv_complete_words)
    set -l due 2
    builtin contains -- --remove (commandline -opc)
    and set due 1
    test "$words[1]" = alias
    and test (builtin count $words) = $due
end

# Tells whether a command for `ssoenv exec` has its turn.
function __ssoenv_complete_behind
    set -l words (__ssoenv_complete_words)
    test "$words[1]" = exec
    and builtin contains -- -- $words
end

# Prints what fish offers for the command line behind the first --, which `ssoenv exec` runs.
function __ssoenv_complete_command
    set -l words (commandline -opc)
    set -l border (builtin contains --index -- -- $words)
    set -l line (builtin string escape -- $words[(math $border + 1)..-1]) (commandline -ct)
    complete -C "$line"
end

# Lets $__ssoenv_offered be the lines of the file $argv[1] that begin with the word at the cursor, or else with $argv[2],
# if there are any: fish needs a while to look through thousands. Otherwise all, in which fish finds what was typed
# anywhere. Offers out of a variable take half as long as those that a command prints.
function __ssoenv_complete_names
    set -g __ssoenv_offered
    set -l folder $XDG_CACHE_HOME
    test -n "$folder"
    or set folder $HOME/.cache
    set -l file $folder/ssoenv/$argv[1]
    test -f $file -a -r $file
    or return
    set -l word (commandline -ct)
    set -q argv[2]
    and set word $argv[2]
    # As it is without its quotes, of which the last may still be missing.
    set -l typed (builtin string unescape -- $word $word\' $word\")
    set typed (builtin string escape --style=regex -- $typed[1])
    builtin read -g --null --delimiter \n --array __ssoenv_offered <$file
    set -e __ssoenv_offered[-1] # behind the last newline
    test -n "$typed"
    or return
    # They are sorted: where the first and the last begin with it, all do, and to pick thousands takes long.
    builtin string match --quiet --regex -- "^$typed" "$__ssoenv_offered[1]"
    and builtin string match --quiet --regex -- "^$typed" "$__ssoenv_offered[-1]"
    and return
    set -l picked (builtin string match --regex -- "^$typed.+" <$file)
    and set -g __ssoenv_offered $picked
end

# Prints what `--with` takes: a name, also behind a profile's name of one's own and an equals sign.
function __ssoenv_complete_with
    set -l typed (builtin string replace --regex -- '^--with=' '' (commandline -ct))
    set -l lead (builtin string match --regex -- '^[\w.@+:-]+=' $typed)
    __ssoenv_complete_names names (builtin string replace -- "$lead" '' "$typed")
    builtin string replace --regex -- '^' "$lead" $__ssoenv_offered
end

complete -c ssoenv -f
complete -c ssoenv -s h -l help -d 'Show help'
complete -c ssoenv -n __ssoenv_complete_in -l version -d 'Show the version'

complete -c ssoenv -n __ssoenv_complete_in -a '
    use\t"Print the code that switches a shell"
    get\t"Print credentials, as the portal does"
    exec\t"Run a command as an account and role, or as many"
    serve\t"Serve credentials to programs on this machine"
    console\t"Open the web console"
    login\t"Log in to a session"
    logout\t"End a login"
    configure\t"Set up profiles"
    list\t"List the profiles"
    accounts\t"List the AWS accounts that your login grants"
    roles\t"List the roles that your login grants"
    status\t"Show what this shell is, and for how long"
    init\t"Set a shell up"
    alias\t"Give a profile a name of your own"
    settings\t"Show each setting"
    credential-process\t"Print credentials for a config file"
    demo\t"Try ssoenv without an AWS account"
'

complete -c ssoenv -n '__ssoenv_complete_after use get serve console credential-process' \
    -k -a '(__ssoenv_complete_names names) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in use' -x -l region -d 'Use this region, this once' \
    -a '(__ssoenv_complete_names regions) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in use' -l profile-mode -d 'Export only the profile\'s name'
complete -c ssoenv -n '__ssoenv_complete_in use' -l no-profile-mode -d 'Export the keys'
complete -c ssoenv -n '__ssoenv_complete_in use' -l serve -d 'Let SDKs get renewed keys from an endpoint'
complete -c ssoenv -n '__ssoenv_complete_in use' -x -l for -d 'For --serve: end it after so long, as 30m'
complete -c ssoenv -n '__ssoenv_complete_in use' -l forget -d 'Delete the keys that are kept for it, or all'
complete -c ssoenv -n '__ssoenv_complete_in use' -s q -l quiet -d 'Say nothing after the switch'
complete -c ssoenv -n '__ssoenv_complete_in use' -x -l shell -d 'The shell to print for' \
    -a 'bash cmd elvish fish nushell powershell sh tcsh xonsh zsh'

complete -c ssoenv -n '__ssoenv_complete_in get' -x -l option -d 'As the portal numbers them' -a '1 2 3'
complete -c ssoenv -n '__ssoenv_complete_in get' -x -l os -d 'The portal\'s own text' \
    -a 'macos-linux windows powershell'
complete -c ssoenv -n '__ssoenv_complete_in get' -x -l format -d 'For this shell or program' \
    -a 'sh bash zsh fish powershell cmd nushell tcsh xonsh elvish dotenv docker json terraform
    github-actions credential-process'
complete -c ssoenv -n '__ssoenv_complete_in get' -x -l value -d 'One value alone' \
    -a 'access-key-id secret-access-key session-token expiration account-id region'
complete -c ssoenv -n '__ssoenv_complete_in get exec serve' -x -l region -d 'Use this region' \
    -a '(__ssoenv_complete_names regions) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in get' -l write -d 'Put a block into the AWS credentials file'
complete -c ssoenv -n '__ssoenv_complete_in get' -x -l as -d 'What to call that block'
complete -c ssoenv -n '__ssoenv_complete_in get' -l force -d 'Overwrite a block of someone else'
complete -c ssoenv -n '__ssoenv_complete_in get' -l prune -d 'Take expired blocks out of that file'
complete -c ssoenv -n '__ssoenv_complete_in get' -l copy -d 'Put it on the clipboard'

complete -c ssoenv -n '__ssoenv_complete_in exec' -k -a '(__ssoenv_complete_names names) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in exec' -l profile-mode -d 'Give it only the profile\'s name'
complete -c ssoenv -n '__ssoenv_complete_in exec' -l no-profile-mode -d 'Give it the keys'
complete -c ssoenv -n '__ssoenv_complete_in exec' -l parallel -d 'Run it in each at once'
complete -c ssoenv -n '__ssoenv_complete_in exec' -x -l match -d 'And in all that fit'
complete -c ssoenv -n '__ssoenv_complete_in exec' -x -l jobs -d 'Run so many at a time'
complete -c ssoenv -n '__ssoenv_complete_in exec' -l json -d 'Print a line of JSON for each line'
complete -c ssoenv -n '__ssoenv_complete_in exec' -x -l with -d 'Let it see this profile' -a '(__ssoenv_complete_with)'
complete -c ssoenv -n __ssoenv_complete_behind -a '(__ssoenv_complete_command)'

complete -c ssoenv -n '__ssoenv_complete_in serve' -x -l port -d 'Listen at this port'
complete -c ssoenv -n '__ssoenv_complete_in serve' -x -l for -d 'End after so long, as 30m'
complete -c ssoenv -n '__ssoenv_complete_in serve' -l docker -d 'Print arguments for docker run'

complete -c ssoenv -n '__ssoenv_complete_in console' -x -l service -d 'Open this service'
complete -c ssoenv -n '__ssoenv_complete_in console' -x -l region -d 'Open it in this region' \
    -a '(__ssoenv_complete_names regions) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in console' -x -l url -d 'Open this page'
complete -c ssoenv -n '__ssoenv_complete_in console' -l federate -d 'Sign in by the role\'s credentials'
complete -c ssoenv -n '__ssoenv_complete_in console' -l print -d 'Print the link'
complete -c ssoenv -n '__ssoenv_complete_in console' -l copy -d 'Put the link on the clipboard'
complete -c ssoenv -n '__ssoenv_complete_in console' -x -l browser -d 'Open this browser'
complete -c ssoenv -n '__ssoenv_complete_in console' -l separate -d 'Open it apart from other accounts'

complete -c ssoenv -n '__ssoenv_complete_in credential-process' -x -l session -d 'The SSO session' \
    -a '(__ssoenv_complete_names sessions) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in credential-process' -x -l start-url -d 'A portal without a session'
complete -c ssoenv -n '__ssoenv_complete_in credential-process' -x -l sso-region -d 'That portal\'s region' \
    -a '(__ssoenv_complete_names regions) $__ssoenv_offered'

complete -c ssoenv -n '__ssoenv_complete_after login logout' -k -a '(__ssoenv_complete_names sessions) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in login' -l force -d 'Log in even if the login is still good'
complete -c ssoenv -n '__ssoenv_complete_in login' -l no-browser -d 'Open no browser'
complete -c ssoenv -n '__ssoenv_complete_in login' -l all -d 'Log in to each session in turn'
complete -c ssoenv -n '__ssoenv_complete_in login' -x -l browser -d 'Open this browser'
complete -c ssoenv -n '__ssoenv_complete_in login' -x -l redirect-port -d 'Approve behind an ssh tunnel to this port'
complete -c ssoenv -n '__ssoenv_complete_in login' -l qr -d 'Show the link as a QR code too'
complete -c ssoenv -n '__ssoenv_complete_in login' -l copy -d 'Put the link on the clipboard, too'
complete -c ssoenv -n '__ssoenv_complete_in login' -x -l start-url -d 'Log in to this portal, not configured'
complete -c ssoenv -n '__ssoenv_complete_in login configure' -x -l sso-region -d 'The portal\'s region' \
    -a '(__ssoenv_complete_names regions) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in login' -x -l session -d 'What to call the portal'
complete -c ssoenv -n '__ssoenv_complete_in login' -l device-code -d 'Approve a code in a browser, on any machine'

complete -c ssoenv -n '__ssoenv_complete_in logout' -l all -d 'End every login'
complete -c ssoenv -n '__ssoenv_complete_in logout' -l forget -d 'Forget the portal, too'

complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l start-url -d 'The portal\'s start URL'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l session -d 'The SSO session' \
    -a '(__ssoenv_complete_names sessions) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l account -d 'The account' \
    -a '(__ssoenv_complete_names accounts) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l role -d 'The role'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l region -d 'The default region' \
    -a '(__ssoenv_complete_names regions) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l output -d 'The AWS CLI\'s output format' \
    -a 'json text table yaml yaml-stream off'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l profile -d 'The profile\'s name'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l force -d 'Overwrite a profile of that name'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l no-input -d 'Ask nothing'
complete -c ssoenv -n '__ssoenv_complete_in configure' -r -l to -d 'Write to this file'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l all -d 'Write a profile for each account and role'
complete -c ssoenv -n '__ssoenv_complete_in configure' -x -l name -d 'How to name them'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l prune -d 'Remove those that are granted no more'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l credential-process -d 'For tools that know nothing of SSO'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l no-credential-process -d 'For tools that know SSO'
complete -c ssoenv -n '__ssoenv_complete_in configure' -l dry-run -d 'Show the changes as a diff'

complete -c ssoenv -n '__ssoenv_complete_in list accounts roles status' -l json -d 'Print JSON'

complete -c ssoenv -n '__ssoenv_complete_after roles' -k -a '(__ssoenv_complete_names accounts) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in accounts roles' -l refresh -d 'List anew'
complete -c ssoenv -n '__ssoenv_complete_in accounts roles' -x -l session -d 'Of this SSO session' \
    -a '(__ssoenv_complete_names sessions) $__ssoenv_offered'

complete -c ssoenv -n '__ssoenv_complete_in status' -l verify -d 'Ask AWS whose the keys are'
complete -c ssoenv -n '__ssoenv_complete_in status' -l check -d 'Say nothing, answer by exit code'
complete -c ssoenv -n '__ssoenv_complete_in status' -x -l min -d 'For --check: good for so long yet, as 30m'

complete -c ssoenv -n '__ssoenv_complete_after init' -a 'bash elvish fish nushell powershell tcsh xonsh zsh'
complete -c ssoenv -n '__ssoenv_complete_in init' -l install -d 'Add a line to the shell\'s rc file'
complete -c ssoenv -n '__ssoenv_complete_in init' -l uninstall -d 'Take that line out again'
complete -c ssoenv -n '__ssoenv_complete_in init' -l dry-run -d 'Only show what would be done'

complete -c ssoenv -n __ssoenv_complete_alias -k -a '(__ssoenv_complete_names names) $__ssoenv_offered'
complete -c ssoenv -n '__ssoenv_complete_in alias' -l remove -d 'Remove it'

complete -c ssoenv -n '__ssoenv_complete_in settings' -x -l forget-region -d 'Ask for the region anew' \
    -a '(__ssoenv_complete_names sessions) $__ssoenv_offered'

complete -c ssoenv -n '__ssoenv_complete_in demo' -l tour -d 'Play it by itself'

complete -c ssouse -f
complete -c ssouse -n __ssoenv_complete_after -k -a '(__ssoenv_complete_names names) $__ssoenv_offered'
complete -c ssouse -n 'builtin string match --quiet -- "-*" (commandline -ct)' -a - -d 'Go back to the one before'
complete -c ssouse -l off -d 'Bring back what was there before the first switch'
complete -c ssouse -x -l region -d 'Use this region, this once' \
    -a '(__ssoenv_complete_names regions) $__ssoenv_offered'
complete -c ssouse -l profile-mode -d 'Export only the profile\'s name'
complete -c ssouse -l no-profile-mode -d 'Export the keys'
complete -c ssouse -l serve -d 'Let SDKs get renewed keys from an endpoint'
complete -c ssouse -x -l for -d 'For --serve: end it after so long, as 30m'
complete -c ssouse -l forget -d 'Delete the keys that are kept for it, or all'
complete -c ssouse -s q -l quiet -d 'Say nothing after the switch'
complete -c ssouse -s h -l help -d 'Show help'
