# ssoenv for PowerShell, 5.1 and later: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  ssoenv init powershell | Out-String | Invoke-Expression
#
# Each shell's file has the same sections in the same order: check, shelf, memory, apply, commands, prompt. No cmdlet is
# called, so that no alias or function of the user's stands in. The program `ssoenv` only prints. What it printed, now
# or when the shelf got it, is first proven to be nothing but assignments and removals of AWS_* and SSOENV_* variables,
# and these are then made by name: no text is ever evaluated. A function sees its caller's variables, so no secret is an
# argument, which PowerShell may log; and DebuggerHidden keeps what a function does out of Set-PSDebug -Trace. A repeated
# switch spends its time on calls of functions, so there are few, and on $env:NAME, which it therefore lets .NET read.

if ($ExecutionContext.SessionState.InvokeProvider.Item.Exists('alias:ssouse')) {
    $ExecutionContext.SessionState.InvokeProvider.Item.Remove('alias:ssouse', $false)
}

# --- check -----------------------------------------------------------------------------------------------------------

$global:__ssoenv_ours = '(?:AWS|SSOENV)_[A-Z0-9_]+'

# Proves that $text is a snippet, and returns what it sets: name -> value, or $null to remove. Nothing if it is none.
function global:__ssoenv_check {
    [System.Diagnostics.DebuggerHidden()]
    param()
    # PowerShell takes each of these typographic quotes for a single quote, too. (?> ) never goes back, so the time
    # taken grows with the length alone.
    $quote = "['\u2018-\u201B]"
    $value = "'(?>[^'\u2018-\u201B\p{Cc}]+|(?<quote>$quote)\k<quote>)*'"
    $line = "\`$env:(?<name>$global:__ssoenv_ours) = (?<value>\`$null|$value)\n"
    $match = [regex]::Match($text, "\A# ssoenv/1 [0-9]+\n(?>$line)+# ssoenv/end\n\z", 'CultureInvariant')
    if (-not $match.Success) { return }
    $changes = [ordered]@{}
    $values = $match.Groups['value'].Captures
    $isDoubled = $match.Groups['quote'].Success
    foreach ($name in $match.Groups['name'].Captures) {
        if ($changes.Contains($name.Value)) { return }
        $word = $values[$changes.Count].Value
        if ($word -ceq '$null') {
            $word = $null
        } else {
            $word = $word.Substring(1, $word.Length - 2)
            if ($isDoubled) { $word = $word -creplace "($quote)\1", '$1' }
        }
        $changes[$name.Value] = $word
    }
    $changes
}

# --- shelf -----------------------------------------------------------------------------------------------------------
# What an earlier switch by the same words has left, in a private folder; ssoenv/shelf.py has the form of its files.

$global:__ssoenv_is_windows = [Environment]::OSVersion.Platform -eq 'Win32NT'

# Returns the snippet for $Arguments (Text), when its keys expire (Until, POSIX seconds), and what to tell the user
# (Says); nothing on any doubt. It starts nothing.
function global:__ssoenv_take {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $end = "# ssoenv/end\n)# for (?<meaning>.*)\n# from (?<from>[0-9]+)\n# target .*\n# says (?<says>\P{Cc}*)\n"
    $files = "# needs (?<needs>.+)\n# newer (?>(?<source>[^\t\n]+)\t?)*\n"
    $form = "\A(?<text># ssoenv/1 (?<until>[0-9]+)\n(?>\`$.*\n)+$end$files# ssoenv/shelf\n\z"
    try {
        $file = __ssoenv_find
        if (-not $file -or -not [System.IO.File]::Exists($file) -or -not (__ssoenv_is_own $file 0x8000)) { return }
        $content = [System.IO.File]::ReadAllText($file, [System.Text.UTF8Encoding]::new($false, $true))
        $match = [regex]::Match($content, $form, 'CultureInvariant')
        if (-not $match.Success) { return }
        $until = [long] $match.Groups['until'].Value
        $now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
        $meaning = ($Arguments -join ' '), [Environment]::GetEnvironmentVariable('HOME'),
            [Environment]::GetEnvironmentVariable('AWS_CONFIG_FILE'),
            [Environment]::GetEnvironmentVariable('AWS_SHARED_CREDENTIALS_FILE'),
            [Environment]::GetEnvironmentVariable('SSOENV_CONFIG'),
            [Environment]::GetEnvironmentVariable('XDG_CONFIG_HOME') -join "`t"
        # Equals compares characters, and -ceq what they look like.
        if (-not $match.Groups['meaning'].Value.Equals($meaning) -or
            [long] $match.Groups['from'].Value -gt $now -or $until -lt $now + 300) { return }
        $needs = $match.Groups['needs'].Value
        if (-not [System.IO.File]::Exists($needs) -and -not [System.IO.Directory]::Exists($needs)) { return }
        $written = [System.IO.File]::GetLastWriteTimeUtc($file)
        foreach ($path in $match.Groups['source'].Captures) { # each was written before, or does not exist
            $source = [System.IO.FileInfo]::new($path.Value)
            # Of a link, what it leads to counts. .NET Framework can't tell what that is: the call fails: a doubt. Of what does
            # not exist, all bits are set.
            if ([int] $source.Attributes -ne -1 -and $source.Attributes -band [System.IO.FileAttributes]::ReparsePoint) {
                $target = $source.ResolveLinkTarget($true)
                if ($null -ne $target) { $source = $target }
            }
            if ($source.LastWriteTimeUtc -ge $written) { return }
        }
        $says = $match.Groups['says'].Value
        if ($says) {
            $minutes = [math]::Floor(($until - $now) / 60)
            $life = if ($minutes -lt 60) { "$minutes min" } else { "$([math]::Floor($minutes / 60)) h $($minutes % 60) min" }
            $says += " $([char] 0xB7) $life left"
        }
        @{ Text = $match.Groups['text'].Value; Until = $until; Says = $says }
    } catch {
        return
    }
}

# Returns where the snippet for $Arguments would be; nothing without a private folder.
function global:__ssoenv_find {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $runtime = [Environment]::GetEnvironmentVariable('XDG_RUNTIME_DIR')
    $folder = if ($global:__ssoenv_is_windows) {
        if (-not $env:LOCALAPPDATA) { return }
        "$env:LOCALAPPDATA\ssoenv\shelf"
    } elseif ($runtime) {
        "$runtime/ssoenv"
    } elseif ($env:XDG_CACHE_HOME) {
        "$env:XDG_CACHE_HOME/ssoenv/shelf"
    } else {
        "$env:HOME/.cache/ssoenv/shelf"
    }
    # In a sticky folder nobody renames or removes what is not theirs, whatever else its mode allows.
    $words = $Arguments -join ' '
    if (-not $words -or -not [System.IO.Directory]::Exists($folder) -or -not (__ssoenv_is_own $folder 0x4200)) {
        return
    }
    $name = $words -creplace '[^A-Za-z0-9-]+', '_'
    if ($name.Length -gt 100) { $name = $name.Substring(0, 100) }
    "$folder/$name.powershell"
}

# .NET can't tell whose a file is. Get-Item can, and this is what it calls. Where that should be missing, all is doubt.
$global:__ssoenv_stat = [psobject].Assembly.GetType('System.Management.Automation.Platform+Unix')
if ($null -ne $global:__ssoenv_stat) { $global:__ssoenv_stat = $global:__ssoenv_stat.GetMethod('GetLStat') }

# Asked for once: .NET reads it from the system's list of users each time.
$global:__ssoenv_user = [Environment]::UserName

# Tells whether $Path is the user's own, no link, and of the kind $Mode: a file (0x8000) or a sticky folder (0x4200).
function global:__ssoenv_is_own {
    [System.Diagnostics.DebuggerHidden()]
    param([string] $Path, [int] $Mode)
    if ($global:__ssoenv_is_windows) { # where nobody else can write into the folder that it is in
        return -not ([System.IO.File]::GetAttributes($Path) -band [System.IO.FileAttributes]::ReparsePoint)
    }
    $found = $global:__ssoenv_stat.Invoke($null, @($Path))
    $owner = $found.GetUserName()
    ($found.Mode -band 0xF200) -eq $Mode -and $owner -and $owner.Equals($global:__ssoenv_user)
}

# --- memory ----------------------------------------------------------------------------------------------------------
# Base holds what was there before the first switch (name -> value, or $null if absent); Now and Before hold the
# arguments of the last two switches.

if ($null -eq $ExecutionContext.SessionState.PSVariable.Get('global:__ssoenv_memory')) {
    $global:__ssoenv_memory = @{ Base = @{}; Now = @(); Before = @() }
}

# --- apply -----------------------------------------------------------------------------------------------------------

# Makes the environment what it was before the first switch, plus $changes.
function global:__ssoenv_apply {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $base = $global:__ssoenv_memory.Base
    foreach ($name in $changes.Keys) {
        if (-not $base.ContainsKey($name)) { $base[$name] = [Environment]::GetEnvironmentVariable($name) }
    }
    foreach ($name in $base.Keys) {
        $value = $base[$name]
        if ($changes.Contains($name)) { $value = $changes[$name] }
        # A plain $null would arrive as an empty text, which sets the variable from 7.5 on.
        if ($null -eq $value) { $value = [NullString]::Value }
        [Environment]::SetEnvironmentVariable($name, $value)
    }
    __ssoenv_own
}

# Takes the keys that are there for those of the labels beside them, which may be renewed.
function global:__ssoenv_own {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $shown = $global:__ssoenv_shown
    $shown.Key = $shown.Labelled = [Environment]::GetEnvironmentVariable('AWS_ACCESS_KEY_ID')
    # As the hook makes it. $env: would take ten times as long.
    $shown.Labels = [Environment]::GetEnvironmentVariable('AWS_SSO_PROFILE') + ' ' +
        [Environment]::GetEnvironmentVariable('AWS_SSO_ACCOUNT_ID') + ' ' +
        [Environment]::GetEnvironmentVariable('SSOENV_EXPIRATION')
    $shown.Over = ''
}

function global:__ssoenv_say([string] $sentence) {
    [Console]::Error.WriteLine("ssouse: $sentence")
}

# --- commands --------------------------------------------------------------------------------------------------------
# Each leaves its status in $global:LASTEXITCODE.

# Runs the program with the words in $line, and returns what it printed, decoded as UTF-8.
function global:__ssoenv_run {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $program = $ExecutionContext.InvokeCommand.GetCommand('ssoenv', 'Application')
    if ($null -eq $program) {
        __ssoenv_say 'there is no program ssoenv on PATH. Nothing was changed.'
        $global:LASTEXITCODE = 127
        return
    }
    $encoding = [Console]::OutputEncoding
    $isOther = $encoding.CodePage -ne 65001
    try {
        if ($isOther) { [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false) }
        & $program @line
    } finally {
        if ($isOther) { [Console]::OutputEncoding = $encoding }
    }
}

function global:__ssoenv_switch {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $changes = $null
    $shelved = __ssoenv_take
    if ($null -ne $shelved) {
        $text = $shelved.Text
        $changes = __ssoenv_check
    }
    $isShelved = $null -ne $changes
    if ($isShelved) {
        $global:LASTEXITCODE = 0
    } else {
        $line = @('use', '--shell', 'powershell', '--wrapper', '1') + $Arguments
        $text = @(__ssoenv_run) -join "`n"
        if ($global:LASTEXITCODE -ne 0) { return }
        $text += "`n"
        $changes = __ssoenv_check
    }
    if ($null -eq $changes) {
        __ssoenv_say 'refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. If ssoenv was updated, start a new shell.'
        $global:LASTEXITCODE = 7
        return
    }
    $memory = $global:__ssoenv_memory
    if (-not $memory.Now -and $env:AWS_SSO_PROFILE) { $memory.Now = @($env:AWS_SSO_PROFILE) }
    __ssoenv_apply
    $global:__ssoenv_shown.Asked = $global:__ssoenv_shown.WaitAgainAt = 0
    if ($memory.Now -and ($memory.Now -join ' ') -cne ($Arguments -join ' ')) { $memory.Before = $memory.Now }
    $memory.Now = $Arguments
    if ($isShelved -and $shelved.Says) { [Console]::Error.WriteLine($shelved.Says) }
}

function global:__ssoenv_off {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $memory = $global:__ssoenv_memory
    $global:LASTEXITCODE = 0
    if ($memory.Base.Count) {
        $changes = @{}
        __ssoenv_apply
        $memory.Base = @{}
        if ($env:SSOENV_SET) { __ssoenv_say 'this shell is again what its parent was switched to. To end that, too, once more: ssouse --off' }
    } elseif ($env:SSOENV_SET) {
        if ($env:SSOENV_SET -cnotmatch "\A$global:__ssoenv_ours(?: $global:__ssoenv_ours)*\z") {
            __ssoenv_say 'SSOENV_SET holds something other than names of variables, so nothing was changed.'
            $global:LASTEXITCODE = 7
            return
        }
        foreach ($name in "$env:SSOENV_SET SSOENV_SET".Split(' ')) {
            [Environment]::SetEnvironmentVariable($name, [NullString]::Value)
        }
        __ssoenv_say 'this shell did not make the switch: what it set is removed, nothing restored.'
    } else {
        __ssoenv_say 'this shell has not been switched.'
    }
    if ($memory.Now) { $memory.Before = $memory.Now }
    $memory.Now = @()
}

function global:__ssoenv_back {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $Arguments = $global:__ssoenv_memory.Before
    if (-not $Arguments) {
        __ssoenv_say 'there was no earlier switch in this shell.'
        $global:LASTEXITCODE = 2
        return
    }
    __ssoenv_switch
}

# The type keeps 012345678901 the text that it is, and CmdletBinding lets a failure make $? false. PowerShell splits
# a,b and drops a bare -- before any function sees them: quote these.
function global:ssouse {
    [CmdletBinding(PositionalBinding = $false)]
    [System.Diagnostics.DebuggerHidden()]
    param([Parameter(ValueFromRemainingArguments = $true)] [string[]] $Arguments = @())
    # A program that fails must come back here, whatever the caller has chosen.
    $PSNativeCommandUseErrorActionPreference = $false
    $words = $Arguments -join ' '
    if ($words -ceq '--off') {
        __ssoenv_off
    } elseif ($Arguments -ccontains '--help' -or $words -ceq '-h') {
        $line = 'use', '--help'
        __ssoenv_run
    } elseif ($Arguments -ccontains '--forget') {
        $line = @('use') + $Arguments
        __ssoenv_run
    } elseif ($words -ceq '-') {
        __ssoenv_back
    } elseif ($Arguments -ccontains '-' -or $Arguments -ccontains '--off') {
        __ssoenv_say "'-' and '--off' take nothing else."
        $global:LASTEXITCODE = 2
    } else {
        __ssoenv_switch
    }
    if ($global:LASTEXITCODE -ne 0) {
        # All has been said, so this is for $?, and for those whose scripts are to stop at a failure.
        if ($ErrorActionPreference -ne 'Stop') { $ErrorActionPreference = 'SilentlyContinue' }
        $failure = [System.InvalidOperationException]::new("ssouse failed with exit code $global:LASTEXITCODE.")
        $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new($failure, 'ssouse', 'NotSpecified', $null))
    }
}

# --- prompt ----------------------------------------------------------------------------------------------------------
# Before each prompt, $SSOENV_PROMPT is made to say what this shell is; and keys that expire soon are renewed by a
# program in the background, which leaves them on the shelf for the prompt after. A line that would run with keys that
# are over waits for new ones. Nothing else here starts a process.
# Key is what this file has set, or a parent shell's: what it may renew. Asked is when it last had that done, WaitAgainAt
# from when on a line may wait again, Over whether the login was found over (new, said), Id and Account what was last
# decoded, IsFresh whether the hook has run for this prompt, Segment what it shows, Drawn what that was made of, Labels
# and Labelled what the environment says of which key, and Inner and ReadLine the prompt and the reader of lines that
# were there. Look is what asks where no such reader is, IsAsked whether it is to, and IsTyped whether a line has begun.

if ($null -eq $ExecutionContext.SessionState.PSVariable.Get('global:__ssoenv_shown')) {
    $global:SSOENV_PROMPT = ''
    $global:__ssoenv_shown = @{
        Key = $env:AWS_ACCESS_KEY_ID; Asked = 0; WaitAgainAt = 0; Over = ''; Id = ''; Account = ''; IsFresh = $false
        Labels = ''; Labelled = ''; Drawn = ''; Segment = ''; IsAsked = $false; IsTyped = $false; Look = $null
        Inner = $function:prompt; ReadLine = $function:PSConsoleHostReadLine
    }
    # The first statement alone sees whether the user's last command succeeded, which the inner prompt is to see, too.
    function global:prompt {
        [System.Diagnostics.DebuggerHidden()]
        param()
        $succeeded = $?
        __ssoenv_hook
        if (-not $succeeded) { __ssoenv_fail -ErrorAction Ignore }
        & $global:__ssoenv_shown.Inner
    }
    # PSReadLine's, which is asked for each line that is typed, and whose first statement is to see $?, too.
    if ($null -ne $global:__ssoenv_shown.ReadLine) {
        function global:PSConsoleHostReadLine {
            [System.Diagnostics.DebuggerHidden()]
            param()
            $typed = & $global:__ssoenv_shown.ReadLine
            try { __ssoenv_await } catch { $null = $_ } # such a line runs as it would without
            $typed
        }
    }
}

# Makes $? false, and nothing else.
function global:__ssoenv_fail {
    [CmdletBinding()]
    [System.Diagnostics.DebuggerHidden()]
    param()
    $failure = [System.InvalidOperationException]::new('The command before failed.')
    $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new($failure, 'prompt', 'NotSpecified', $null))
}

# Returns the segment. A prompt that was defined after this file has pushed the hook out, which therefore runs here.
function global:ssoenv_prompt {
    [System.Diagnostics.DebuggerHidden()]
    param()
    if (-not $global:__ssoenv_shown.IsFresh) { __ssoenv_hook }
    $global:__ssoenv_shown.IsFresh = $false
    $global:SSOENV_PROMPT
}

function global:__ssoenv_hook {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $shown = $global:__ssoenv_shown
    $shown.IsFresh = $true
    $environ = [Environment]::GetEnvironmentVariables() # takes a quarter of the time of ten times $env:NAME
    if (-not ($environ['AWS_SSO_PROFILE'] -or $environ['AWS_PROFILE'] -or $environ['AWS_ACCESS_KEY_ID'])) {
        $global:SSOENV_PROMPT = $shown.Drawn = ''
        return
    }
    $left = $minutes = $null
    $until = $environ['SSOENV_EXPIRATION'] -as [long]
    if ($until) {
        $now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
        $left = $until - $now
        $renew = $environ['SSOENV_RENEW'] -as [long]
        $key = $environ['AWS_ACCESS_KEY_ID']
        if ($renew -and $key -and $key -ceq $shown.Key) {
            if ($left -lt $renew) {
                try { __ssoenv_renew } catch { $null = $_ } # such keys expire at their time
                $environ = [Environment]::GetEnvironmentVariables()
                $left = [long] $environ['SSOENV_EXPIRATION'] - $now
            }
            if ($null -eq $shown.ReadLine) {
                $shown.IsAsked = $true
                $shown.IsTyped = $false
                if ($null -eq $ExecutionContext.InvokeCommand.PreCommandLookupAction) {
                    $ExecutionContext.InvokeCommand.PreCommandLookupAction = $function:__ssoenv_look
                    $shown.Look = $ExecutionContext.InvokeCommand.PreCommandLookupAction
                }
            }
        }
        $minutes = [math]::Max(-1, [math]::Floor(($left - 1) / 60)) # a second that has begun is over
    }
    $seen = ($environ['AWS_SSO_PROFILE'], $minutes, $shown.Over, $environ['NO_COLOR'], $environ['TERM'],
        $environ['SSOENV_KIND'], $environ['AWS_ACCESS_KEY_ID'], $environ['AWS_SSO_ACCOUNT_ID'],
        $environ['SSOENV_EXPIRATION'], $environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'], $environ['AWS_PROFILE']) -join '/'
    if (-not $seen.Equals($shown.Drawn)) {
        $shown.Segment = __ssoenv_draw
        $shown.Drawn = $seen
    }
    $global:SSOENV_PROMPT = $shown.Segment
}

# Where there is no PSReadLine, this is asked before a command is looked up, until the first of a line that was typed.
# The host has put Out-Default behind that, and looks it up before all that stands there; the prompt has commands, too.
function global:__ssoenv_look {
    [System.Diagnostics.DebuggerHidden()]
    param($typed, $look)
    $succeeded = $?
    $shown = $global:__ssoenv_shown
    if (-not $shown.IsAsked -or $typed -cmatch '\A(__ssoenv_|ssoenv)') { return }
    $isOfHost = $look.CommandOrigin -eq 'Runspace'
    if ($isOfHost -and $typed -eq 'Out-Default') {
        $shown.IsTyped = $true
    } elseif ($isOfHost -or $shown.IsTyped) {
        $shown.IsAsked = $false
        if ($shown.Look -eq $ExecutionContext.InvokeCommand.PreCommandLookupAction) { # and nobody else has put it into theirs
            $ExecutionContext.InvokeCommand.PreCommandLookupAction = $null
        }
        if ($typed -ne 'prompt') { try { __ssoenv_await } catch { $null = $_ } } # it is looked up as it would without
    }
    if (-not $succeeded) { __ssoenv_fail -ErrorAction Ignore }
}

# Waits for new keys, where the line $typed would run with such as are over; for none before ssouse and ssoenv.
function global:__ssoenv_await {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $shown = $global:__ssoenv_shown
    $until = $env:SSOENV_EXPIRATION -as [long]
    $now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    if (-not $until -or $until - $now -ge 60 -or
        ($now -lt $shown.WaitAgainAt -and $now -ge $shown.WaitAgainAt - 300) -or # else the clock was set back
        -not ($env:SSOENV_RENEW -as [long]) -or
        -not $env:AWS_ACCESS_KEY_ID -or $env:AWS_ACCESS_KEY_ID -cne $shown.Key -or
        "$typed" -cmatch '\A\s*((ssouse|ssoenv)[^;&|\r\n]*)?\z') { return }
    $shown.WaitAgainAt = $now + 300 # if there are none, nobody waits again soon
    $Arguments = __ssoenv_words
    if ((__ssoenv_take_newer) -or (__ssoenv_is_over)) { return }
    # A program that fails must come back here, whatever the user has chosen.
    $PSNativeCommandUseErrorActionPreference = $false
    $status = $ExecutionContext.SessionState.PSVariable.GetValue('global:LASTEXITCODE') # there may be none
    $line = @('use', '--shell', 'powershell', '--wrapper', '1', '--renew') + $Arguments
    try { $null = __ssoenv_run } finally { $global:LASTEXITCODE = $status }
    $null = __ssoenv_take_newer
}

# Takes newer keys from the shelf, or has some got for the next prompt.
function global:__ssoenv_renew {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $shown = $global:__ssoenv_shown
    $Arguments = __ssoenv_words
    if (__ssoenv_take_newer) { return }
    $isOver = __ssoenv_is_over
    if ($shown.Over -and -not $isOver) { # there is a login again
        $shown.Over = ''
        $shown.Asked = $shown.WaitAgainAt = 0
    }
    if ($now - $shown.Asked -ge 60 -or $now -lt $shown.Asked) { # or the clock was set back
        $shown.Asked = $now
        __ssoenv_ask
    } elseif ($isOver -and -not $shown.Over) {
        $shown.Over = 'new'
    }
}

# Returns the words of the switch that is to be renewed.
function global:__ssoenv_words {
    [System.Diagnostics.DebuggerHidden()]
    param()
    if ($global:__ssoenv_memory.Now) { $global:__ssoenv_memory.Now } else { "$env:AWS_SSO_PROFILE" }
}

# A login is over until its file, which the note about that names, is written again.
function global:__ssoenv_is_over {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $note = [System.IO.Path]::ChangeExtension((__ssoenv_find), 'over')
    if (-not [System.IO.File]::Exists($note) -or -not (__ssoenv_is_own $note 0x8000)) { return $false }
    $login = [System.IO.File]::ReadAllText($note).TrimEnd("`n")
    -not $login -or [System.IO.File]::GetLastWriteTimeUtc($login) -le [System.IO.File]::GetLastWriteTimeUtc($note)
}

# Starts the program, which is to renew this shell's keys, and does not wait. Nobody hears it, nor does Ctrl-C end it.
function global:__ssoenv_ask {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $program = $ExecutionContext.InvokeCommand.GetCommand('ssoenv', 'Application')
    if ($null -eq $program) { return }
    $line = @($program.Path, 'use', '--shell', 'powershell', '--wrapper', '1', '--renew') + $Arguments
    if (-not $global:__ssoenv_is_windows) {
        $line = @('/bin/sh', '-c', 'trap "" INT QUIT HUP; exec "$@" <>/dev/null >&0 2>&0', 'sh') + $line
    } elseif ([System.IO.Path]::GetExtension($program.Path) -ne '.exe') { # cmd, which runs others, reads words as code
        return
    }
    $words = foreach ($word in $line) { '"' + ($word -creplace '(\\*)("|\z)', '$1$1$2' -creplace '"', '\"') + '"' }
    $start = [System.Diagnostics.ProcessStartInfo]::new()
    $start.FileName = $line[0]
    $start.Arguments = $words[1..($line.Count - 1)] -join ' '
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    [System.Diagnostics.Process]::Start($start).Dispose()
}

# Takes keys that are good for longer than $until from the shelf, and tells whether there were any.
function global:__ssoenv_take_newer {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $shelved = __ssoenv_take
    if ($null -eq $shelved -or $shelved.Until -le $until) { return $false }
    $text = $shelved.Text
    $changes = __ssoenv_check
    if ($null -eq $changes) { return $false }
    if (-not (__ssoenv_apply_keys)) { $shown.Key = '-' } # what can't be made this shell's is not tried again
    $true
}

# Sets the keys of $changes, and when they are to be renewed, and nothing else, so that what somebody has set since the
# switch stays, such as a region. Refuses those of another account or role: that would be a switch that nobody has asked for.
function global:__ssoenv_apply_keys {
    [System.Diagnostics.DebuggerHidden()]
    param()
    foreach ($name in 'AWS_SSO_ACCOUNT_ID', 'AWS_SSO_ROLE_NAME') {
        if ("$($changes[$name])" -cne "$([Environment]::GetEnvironmentVariable($name))") {
            __ssoenv_say 'the keys of this shell are not renewed: what it was switched to is another account or role by now. Switch again.'
            return $false
        }
    }
    foreach ($name in 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_CREDENTIAL_EXPIRATION',
        'SSOENV_EXPIRATION', 'SSOENV_RENEW') {
        $value = $changes[$name]
        if ($null -eq $value) { $value = [NullString]::Value } # as in __ssoenv_apply
        [Environment]::SetEnvironmentVariable($name, $value)
    }
    __ssoenv_own
    $true
}

# Returns the segment, from $environ, $left (seconds, or $null) and $minutes. What others have named is a value in it and
# never code.
function global:__ssoenv_draw {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $shown = $global:__ssoenv_shown
    $label = $environ['AWS_SSO_PROFILE']
    if (-not $label) { $label = $environ['AWS_PROFILE'] }
    $key = $environ['AWS_ACCESS_KEY_ID']
    if ($key -cne $shown.Id) { __ssoenv_decode }
    $account = $environ['AWS_SSO_ACCOUNT_ID']
    $isKnown = $environ['AWS_SSO_PROFILE'] -or $account -or $null -ne $left
    if (-not $account) { $account = $shown.Account }
    $color = if ($environ['SSOENV_KIND'] -ceq 'production') { '31' } else { '36' }
    $expired = $restColor = $rest = ''
    # Labels come with their keys: where only these change, somebody else has set them.
    $labels = "$($environ['AWS_SSO_PROFILE']) $($environ['AWS_SSO_ACCOUNT_ID']) $($environ['SSOENV_EXPIRATION'])"
    if ($labels -cne $shown.Labels) {
        $shown.Labels = $labels
        $shown.Labelled = $key
    }
    # A switch that set AWS_PROFILE set no keys, and no label: some SDKs take it before keys, and all before a server.
    if (($label -and $isKnown -and ($key -or -not $environ['AWS_CONTAINER_CREDENTIALS_FULL_URI']) -and
            (-not $key -or $key -cne $shown.Labelled -or ($shown.Account -and $shown.Account -cne $account))) -or
        ($key -and " $($environ['SSOENV_SET']) ".Contains(' AWS_PROFILE ')) -or
        ($environ['AWS_SSO_PROFILE'] -and $environ['AWS_PROFILE'] -and
            $environ['AWS_PROFILE'] -cne $environ['AWS_SSO_PROFILE'])) {
        $account = $shown.Account
        $color = '1;31'
        $sign = if ([Console]::OutputEncoding.CodePage -eq 65001) { [char] 0x2260 } else { '!=' }
        $rest = " keys $sign label"
    } elseif ($null -ne $left -and $left -le 0) {
        $color = "9;$color"
        $expired = ' expired'
        $restColor = '0;33'
    } elseif ($null -ne $left) {
        $rest = if ($minutes -lt 60) { " ${minutes}m" } else { " $([math]::Floor($minutes / 60))h$($minutes % 60)m" }
        if ($left -le 600) { $restColor = '0;33' }
    }
    $text = if ($label) { $label } else { 'keys' }
    if ($account) { $text += " $account" }
    $text += $expired
    # Controls, and marks that turn or hide what stands around them: each becomes a mark, as without any what stands
    # around it could make another.
    $text = $text -creplace '[\p{Cc}\u061C\u200B-\u200F\u2028-\u202E\u2060\u2066-\u2069\uFEFF]', '?'
    if ($shown.Over -ceq 'new') {
        $shown.Over = 'said'
        $rest += ' login over: ssoenv login'
    }
    if (-not $environ['NO_COLOR'] -and $environ['TERM'] -cne 'dumb' -and $Host.UI.SupportsVirtualTerminal) {
        $escape = [char] 27
        if ($rest -and $restColor) { $rest = "$escape[${restColor}m$rest" }
        $text = "$escape[${color}m$text"
        $rest += "$escape[0m"
    }
    $text + $rest
}

# Lets Account be the account that is written into the access key id $key, or empty where none is; once a key. AWS
# documents no such thing, so it serves to warn alone. ssoenv/aws/keys.py says how it is done.
function global:__ssoenv_decode {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $shown = $global:__ssoenv_shown
    $shown.Id = $key
    $shown.Account = ''
    if ($key -cnotmatch '\AA[SK]IA[Q-Z2-7][A-Z2-7]{15}\z') { return }
    $number = 0L
    foreach ($digit in $key.Substring(4, 10).ToCharArray()) {
        $number = $number * 32 + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.IndexOf($digit)
    }
    $shown.Account = ($number -shr 9 -band 0xffffffffff).ToString('D12')
}
