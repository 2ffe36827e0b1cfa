# ssoenv for PowerShell, 5.1 and later: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  ssoenv init powershell | Out-String | Invoke-Expression
#
# Each shell's file has the same sections in the same order: check, memory, apply, commands. No cmdlet is called, so
# that no alias or function of the user's stands in. The program `ssoenv` only prints. What it printed is first proven
# to be nothing but assignments and removals of AWS_* and SSOENV_* variables, and these are then made by name: no text
# is ever evaluated. A function sees its caller's variables, so no secret is an argument, which PowerShell may log; and
# DebuggerHidden keeps what a function does out of Set-PSDebug -Trace.

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
    $match = [regex]::Match($text, "\A# ssoenv/1 [0-9]+\n(?>$line)+# ssoenv/end\n\z", 'CultureInvariant, Compiled')
    if (-not $match.Success) { return }
    $changes = [ordered]@{}
    $values = $match.Groups['value'].Captures
    foreach ($name in $match.Groups['name'].Captures) {
        $word = $values[$changes.Count].Value
        $changes[$name.Value] = if ($word -cne '$null') {
            $word.Substring(1, $word.Length - 2) -creplace "($quote)\1", '$1'
        }
    }
    $changes
}

# --- memory ----------------------------------------------------------------------------------------------------------
# Base holds what was there before the first switch (name -> value, or $null if absent); Now and Before hold the
# arguments of the last two switches.

if ($null -eq $ExecutionContext.SessionState.PSVariable.Get('global:__ssoenv_memory')) {
    $global:__ssoenv_memory = @{ Base = @{}; Now = @(); Before = @() }
}

function global:__ssoenv_remember {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $base = $global:__ssoenv_memory.Base
    foreach ($name in $changes.Keys) {
        if (-not $base.ContainsKey($name)) { $base[$name] = [Environment]::GetEnvironmentVariable($name) }
    }
}

# --- apply -----------------------------------------------------------------------------------------------------------

# Makes the environment what it was before the first switch, plus $changes.
function global:__ssoenv_apply {
    [System.Diagnostics.DebuggerHidden()]
    param()
    __ssoenv_remember
    $base = $global:__ssoenv_memory.Base
    foreach ($name in $base.Keys) {
        $value = if ($changes.Contains($name)) { $changes[$name] } else { $base[$name] }
        # A plain $null would arrive as an empty text, which sets the variable from 7.5 on.
        if ($null -eq $value) { $value = [NullString]::Value }
        [Environment]::SetEnvironmentVariable($name, $value)
    }
}

function global:__ssoenv_say([string] $sentence) {
    [Console]::Error.WriteLine("ssouse: $sentence")
}

# --- commands --------------------------------------------------------------------------------------------------------
# Each leaves its status in $global:LASTEXITCODE.

# Runs the program with $Arguments, and returns what it printed, decoded as UTF-8.
function global:__ssoenv_run {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $encoding = [Console]::OutputEncoding
    $isOther = $encoding.CodePage -ne 65001
    try {
        if ($isOther) { [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false) }
        & $program use --shell powershell --wrapper 1 @Arguments
    } finally {
        if ($isOther) { [Console]::OutputEncoding = $encoding }
    }
}

function global:__ssoenv_switch {
    [System.Diagnostics.DebuggerHidden()]
    param()
    $text = @(__ssoenv_run) -join "`n"
    if ($global:LASTEXITCODE -ne 0) { return }
    $text += "`n"
    $changes = __ssoenv_check
    if ($null -eq $changes) {
        __ssoenv_say 'refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. If ssoenv was updated, start a new shell.'
        $global:LASTEXITCODE = 7
        return
    }
    $memory = $global:__ssoenv_memory
    if (-not $memory.Now -and $env:AWS_SSO_PROFILE) { $memory.Now = @($env:AWS_SSO_PROFILE) }
    __ssoenv_apply
    if (($memory.Now -join ' ') -cne ($Arguments -join ' ')) { $memory.Before = $memory.Now }
    $memory.Now = $Arguments
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
    } elseif ($env:SSOENV_SET) {
        if ($env:SSOENV_SET -cnotmatch "\A$global:__ssoenv_ours(?: $global:__ssoenv_ours)*\z") {
            __ssoenv_say 'SSOENV_SET holds something else than names of variables, so nothing was changed.'
            $global:LASTEXITCODE = 7
            return
        }
        foreach ($name in "$env:SSOENV_SET SSOENV_SET".Split(' ')) {
            [Environment]::SetEnvironmentVariable($name, [NullString]::Value)
        }
        __ssoenv_say 'the switch was made in a parent shell, which alone knows the earlier values: what it had set is removed here.'
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
    $program = $ExecutionContext.InvokeCommand.GetCommand('ssoenv', 'Application')
    $words = $Arguments -join ' '
    if ($words -ceq '--off') {
        __ssoenv_off
    } elseif ($null -eq $program) {
        __ssoenv_say 'there is no program ssoenv on PATH. Nothing was changed.'
        $global:LASTEXITCODE = 127
    } elseif ($Arguments -ccontains '--help' -or $words -ceq '-h') {
        & $program use --help
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
