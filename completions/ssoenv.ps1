# Completion of `ssoenv` and `ssouse` for PowerShell, 5.1 and later.
#
# No process is started: names come from files that ssoenv keeps, sorted. They are other people's text: each
# is a quoted word where it lands, and nothing here evaluates it.

Microsoft.PowerShell.Core\Register-ArgumentCompleter -Native -CommandName ssoenv, ssouse -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $help = @('--help', '-h')
    $use = @('--for', '--forget', '--no-profile-mode', '--profile-mode', '--quiet', '--region', '--serve', '-q')
    $options = @{
        ssoenv   = @('--version')
        ssouse   = @('-', '--off') + $use
        use      = @('--shell') + $use
        get      = @(
            '--as', '--copy', '--force', '--format', '--option', '--os', '--prune', '--region', '--value', '--write'
        )
        exec     = @(
            '--jobs', '--json', '--match', '--no-profile-mode', '--parallel', '--profile-mode', '--region', '--with'
        )
        serve    = @('--docker', '--for', '--port', '--region')
        console  = @(
            '--browser', '--copy', '--federate', '--print', '--region', '--separate', '--service', '--url'
        )
        'credential-process' = @('--session', '--sso-region', '--start-url')
        login    = @(
            '--all', '--browser', '--copy', '--device-code', '--force', '--no-browser', '--qr', '--redirect-port',
            '--session', '--sso-region', '--start-url'
        )
        logout   = @('--all', '--forget')
        configure = @(
            '--account', '--all', '--credential-process', '--dry-run', '--force', '--name', '--no-credential-process',
            '--no-input', '--output', '--profile', '--prune', '--region', '--role', '--session', '--sso-region',
            '--start-url', '--to'
        )
        list     = @('--json')
        accounts = @('--json', '--refresh', '--session')
        roles    = @('--json', '--refresh', '--session')
        status   = @('--check', '--json', '--min', '--verify')
        init     = @('--dry-run', '--install', '--uninstall')
        alias    = @('--remove')
        demo     = @('--tour')
        settings = @('--forget-region')
    }
    $arguments = @{
        ssoenv = @(
            'accounts', 'alias', 'configure', 'console', 'credential-process', 'demo', 'exec', 'get', 'init', 'list',
            'login', 'logout', 'roles', 'serve', 'settings', 'status', 'use'
        )
        init   = @('bash', 'elvish', 'fish', 'nushell', 'powershell', 'tcsh', 'xonsh', 'zsh')
    }
    # Which file has the names for an argument or a value.
    $files = @{ '--with' = 'names'; '--session' = 'sessions'; '--forget-region' = 'sessions' }
    foreach ($name in '--account', 'roles') { $files[$name] = 'accounts' }
    foreach ($name in '--region', '--sso-region') { $files[$name] = 'regions' }
    foreach ($name in 'ssouse', 'use', 'get', 'exec', 'serve', 'console', 'credential-process', 'alias') {
        $files[$name] = 'names'
    }
    foreach ($name in 'login', 'logout') { $files[$name] = 'sessions' }
    $values = @{
        '--shell'  = @('bash', 'cmd', 'elvish', 'fish', 'nushell', 'powershell', 'sh', 'tcsh', 'xonsh', 'zsh')
        '--option' = @('1', '2', '3')
        '--os'     = @('macos-linux', 'powershell', 'windows')
        '--value'  = @('access-key-id', 'account-id', 'expiration', 'region', 'secret-access-key', 'session-token')
        '--format' = @(
            'bash', 'cmd', 'credential-process', 'docker', 'dotenv', 'elvish', 'fish', 'github-actions', 'json',
            'nushell', 'powershell', 'sh', 'tcsh', 'terraform', 'xonsh', 'zsh'
        )
        '--output' = @('json', 'off', 'table', 'text', 'yaml', 'yaml-stream')
    }
    $valued = @(
        'account', 'as', 'browser', 'for', 'forget-region', 'jobs', 'match', 'min', 'name', 'port', 'profile',
        'redirect-port', 'region', 'role', 'service', 'session', 'sso-region', 'start-url', 'to', 'url', 'with'
    )
    foreach ($name in $valued) { $values["--$name"] = @() }

    # PowerShell takes each of the typographic quotes for the plain one, and a quote in its own kind counts double.
    $word = "$wordToComplete"
    if ($word -match "^(['\u2018-\u201B])(.*?)['\u2018-\u201B]?$") {
        $word = $Matches[2] -replace "(['\u2018-\u201B])\1", '$1'
    } elseif ($word -match '^["\u201C-\u201E](.*?)["\u201C-\u201E]?$') {
        $word = $Matches[1] -replace '(["\u201C-\u201E])\1', '$1' -replace '`(.)', '$1'
    } else {
        $word = $word -replace '`(.)', '$1'
    }

    $command = [System.IO.Path]::GetFileNameWithoutExtension($commandAst.GetCommandName())
    $option = ''
    $taken = 0
    $removes = $false # an alias, so that no new one is named
    foreach ($element in $commandAst.CommandElements) {
        if ($element.Extent.StartOffset -eq $commandAst.Extent.StartOffset) { continue }
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        $text = $element.Extent.Text
        if ($option) { $option = '' }
        elseif ($text -ceq '--' -and $command -ceq 'exec') { return }
        elseif ($values.ContainsKey($text)) { $option = $text }
        elseif ($text.StartsWith('-')) { if ($text -ceq '--remove') { $removes = $true } }
        elseif ($command -ceq 'ssoenv') { $command = $text }
        else { $taken++ }
    }

    # What goes before each candidate on the line; the candidates, or the file that has them.
    $lead = ''
    $candidates = @()
    $file = ''
    if (-not $option -and $word -cmatch '\A(--[\w-]+)=' -and $values.ContainsKey($Matches[1])) {
        $option = $Matches[1]
        $lead = "$option="
    }
    if ($option) {
        $candidates = $values[$option]
        # A portal that `login --session` names is new.
        if ("$command $option" -cne 'login --session') { $file = $files[$option] }
        if ($option -ceq '--with' -and $word.Substring($lead.Length) -cmatch '\A[\w.@+:-]+=') { $lead += $Matches[0] }
    } elseif ($word.StartsWith('-')) {
        if ($options.ContainsKey($command)) { $candidates = $options[$command] + $help }
    } elseif ($command -ceq 'exec' -or $taken -eq [int] ($command -ceq 'alias' -and -not $removes)) {
        if ($arguments.ContainsKey($command)) { $candidates = $arguments[$command] }
        $file = $files[$command]
    }
    $word = $word.Substring($lead.Length)

    $type = [System.Management.Automation.CompletionResultType]::ParameterValue
    foreach ($candidate in $candidates) {
        if (-not $candidate.StartsWith($word, [System.StringComparison]::Ordinal)) { continue }
        [System.Management.Automation.CompletionResult]::new("$lead$candidate", $candidate, $type, $candidate)
    }
    if (-not $file) { return }
    $onWindows = [Environment]::OSVersion.Platform -eq 'Win32NT'
    $folder = if ($onWindows) { $env:LOCALAPPDATA } else { $env:XDG_CACHE_HOME }
    if (-not $folder) { $folder = [System.IO.Path]::Combine($HOME, '.cache') }
    $file = [System.IO.Path]::Combine($folder, 'ssoenv', $file)
    $found = [System.IO.FileInfo]::new($file)
    if (-not $found.Exists -or -not $found.Length) { return } # a pipe, which would be waited for, is as long as nothing
    $text = [System.IO.File]::ReadAllText($file)
    if ($word) {
        # Sorted as they are, the names that start with the word stand together. Where there are none, this is ''.
        $text = "`n$text"
        $start = $text.IndexOf("`n$word", [System.StringComparison]::Ordinal) + 1
        $last = $text.LastIndexOf("`n$word", [System.StringComparison]::Ordinal)
        $text = $text.Substring($start, $text.IndexOf([char] "`n", $last + 1) - $start)
    }
    $plain = [regex] '\A[A-Za-z-][A-Za-z0-9_./:=-]*\z'
    # Cut all at once, which is twice as fast as one by one: a name, a tip, and so on.
    $parts = $text.Split([char[]] "`t`n")
    for ($i = 0; $i + 1 -lt $parts.Length; $i += 2) {
        $name = $parts[$i]
        $tip = if ($parts[$i + 1]) { $parts[$i + 1] } else { $name }
        $quoted = $lead + $name
        if (-not $plain.IsMatch($quoted)) { $quoted = "'" + ($quoted -replace "(['\u2018-\u201B])", '$1$1') + "'" }
        [System.Management.Automation.CompletionResult]::new($quoted, $name, $type, $tip)
    }
}
