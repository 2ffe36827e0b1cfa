# Completion of `ssoenv` and `ssouse` for PowerShell, 5.1 and later.
#
# No process is started: profile names come from a file that ssoenv keeps, sorted. They are other people's text: each
# is a quoted word where it lands, and nothing here evaluates it.

Microsoft.PowerShell.Core\Register-ArgumentCompleter -Native -CommandName ssoenv, ssouse -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $help = @('--help', '-h')
    $use = @('--no-profile-mode', '--profile-mode', '--quiet', '--region', '-q')
    $options = @{
        ssoenv   = @('--version')
        ssouse   = @('-', '--off') + $use
        use      = @('--shell') + $use
        login    = @(
            '--all', '--browser', '--device-code', '--force', '--no-browser', '--qr', '--redirect-port', '--session',
            '--sso-region', '--start-url'
        )
        logout   = @('--all')
        configure = @(
            '--account', '--all', '--dry-run', '--force', '--name', '--no-input', '--output', '--profile', '--prune',
            '--region', '--role', '--session', '--sso-region', '--start-url', '--to'
        )
        list     = @('--json')
        accounts = @('--json', '--refresh', '--session')
        roles    = @('--json', '--refresh', '--session')
        status   = @('--check', '--json', '--min', '--verify')
        init     = @('--dry-run', '--install', '--uninstall')
        alias    = @('--remove')
        demo     = @('--tour')
        settings = @()
    }
    $arguments = @{
        ssoenv = @(
            'accounts', 'alias', 'configure', 'demo', 'init', 'list', 'login', 'logout', 'roles', 'settings', 'status',
            'use'
        )
        init   = @('bash', 'elvish', 'fish', 'nushell', 'powershell', 'tcsh', 'xonsh', 'zsh')
    }
    $values = @{
        '--shell' = @('bash', 'cmd', 'elvish', 'fish', 'nushell', 'powershell', 'sh', 'tcsh', 'xonsh', 'zsh')
    }
    $valued = @(
        'account', 'browser', 'min', 'name', 'output', 'profile', 'redirect-port', 'region', 'role', 'session',
        'sso-region', 'start-url', 'to'
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
    $isTaken = $false
    foreach ($element in $commandAst.CommandElements) {
        if ($element.Extent.StartOffset -eq $commandAst.Extent.StartOffset) { continue }
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        $text = $element.Extent.Text
        if ($option) { $option = '' }
        elseif ($values.ContainsKey($text)) { $option = $text }
        elseif ($text.StartsWith('-')) { }
        elseif ($command -ceq 'ssoenv') { $command = $text }
        else { $isTaken = $true }
    }

    # Each candidate, or with a tab after it, what it is.
    $candidates = @()
    if ($option) {
        $candidates = $values[$option]
    } elseif ($word -cmatch '^(--\w+)=' -and $values.ContainsKey($Matches[1])) {
        $candidates = foreach ($value in $values[$Matches[1]]) { $Matches[1] + '=' + $value }
    } elseif ($word.StartsWith('-')) {
        if ($options.ContainsKey($command)) { $candidates = $options[$command] + $help }
    } elseif (-not $isTaken -and $arguments.ContainsKey($command)) {
        $candidates = $arguments[$command]
    } elseif (-not $isTaken -and $command -cin 'ssouse', 'use', 'login', 'logout') {
        $onWindows = [Environment]::OSVersion.Platform -eq 'Win32NT'
        $folder = if ($onWindows) { $env:LOCALAPPDATA } else { $env:XDG_CACHE_HOME }
        if (-not $folder) { $folder = [System.IO.Path]::Combine($HOME, '.cache') }
        $file = [System.IO.Path]::Combine($folder, 'ssoenv', 'names')
        $text = if ([System.IO.File]::Exists($file)) { "`n" + [System.IO.File]::ReadAllText($file) } else { '' }
        $candidates = [System.Collections.Generic.List[string]]::new()
        # Sorted as they are, the names that start with the word stand together.
        $start = $text.IndexOf("`n$word", [System.StringComparison]::Ordinal) + 1
        while ($start -gt 0 -and $start -lt $text.Length) {
            $end = $text.IndexOf([char] "`n", $start)
            if ([string]::CompareOrdinal($text, $start, $word, 0, $word.Length) -ne 0) { break }
            $candidates.Add($text.Substring($start, $end - $start))
            $start = $end + 1
        }
    }

    foreach ($candidate in $candidates) {
        if (-not $candidate.StartsWith($word, [System.StringComparison]::Ordinal)) { continue }
        $name, $tip = $candidate.Split([char] "`t")
        $quoted = $name
        if ($name -cnotmatch '\A[A-Za-z-][A-Za-z0-9_./:=-]*\z') {
            $quoted = "'" + ($name -replace "(['\u2018-\u201B])", '$1$1') + "'"
        }
        if (-not $tip) { $tip = $name }
        [System.Management.Automation.CompletionResult]::new($quoted, $name, 'ParameterValue', $tip)
    }
}
