"""The shells under test: how to find each, start it clean, and say the same few things in its own words.

A line of a table entry is a template; ``{name}`` and the like are filled in by the methods of `Probe`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from ssoenv.shells import SHELLS, data_path


def _is_any(program: str) -> bool:
    return True


def _untouched(text: bytes) -> bytes:
    return text


@dataclass(frozen=True)
class Probe:
    """One real shell."""

    name: str
    """The test's id."""
    shell: str
    """What ssoenv calls it."""
    suffix: str
    """How a script's name ends."""
    options: tuple[str, ...]
    """What starts it on a script file without reading any of the user's files."""
    quote: Callable[[str], str]
    """A plain text as one word. The tests' own, not the product's."""
    load: str
    """Loads the wrapper ``{file}``."""
    call: str
    """Runs ``{words}``, the first of them the path of a program."""
    status: str
    """The words for the last status: the number, then whatever else the shell has that tells of success."""
    export: str
    """Sets ``{name}`` to ``{value}`` (quoted), exported."""
    unset: str
    """Removes ``{name}``, if there is one."""
    in_function: str
    """Runs ``{line}`` in a function's body."""
    refused_each: str
    """Runs ``ssouse`` on each of ``{names}``. The file ``{wrong}`` gets those that were not refused with status 7."""
    run: str = "{line}"
    """Runs ``{line}``, which may fail, and leaves its status for `status`: where a failure is raised, it is caught."""
    attempt: str | None = None
    """Runs ``{line}``, which may fail although strict modes are on, and hands its status to the command ``{call}``.
    None where `run` does for that, too."""
    strict: tuple[str, ...] = ()
    """Switches on all that makes a shell less forgiving."""
    hijack: tuple[str, ...] = ()
    """Puts functions and aliases in the place of builtins; each, when called, makes the file ``{canary}``. Empty
    where a shell gives no way to call the builtins nevertheless."""
    alias: tuple[str, ...] = ()
    """Makes an alias named ssouse. Empty where one can't be made, or stays the first."""
    trace: tuple[str, ...] = ()
    """Switches on all that shows which lines are run. Empty where nothing does."""
    prelude: tuple[str, ...] = ()
    """The first lines of each script."""
    assign: str | None = None
    """Sets ``{name}`` to ``{value}``, not exported. None where a shell has no such variables."""
    value: str | None = None
    """Hands the value of variable ``{name}``, exported or not, to the command ``{call}``; no word if it is unset."""
    read_only: str | None = None
    """Makes ``{name}`` read-only."""
    children: str | None = None
    """Prints how many page faults Linux has counted of the shell's children, see proc(5), by the shell's own means.
    Each child has some, also where it is a mere fork, which may take no time that the clock shows."""
    reloads: bool = True
    """Whether what a file defines stays the same when it is loaded again."""
    is_ascii: bool = False
    """Whether it is handed ASCII alone."""
    empty_words: bool = True
    """Whether a list of words keeps those that are empty."""
    command: tuple[str, ...] = ()
    """Its names on PATH, best first."""
    variable: str | None = None
    """The environment variable that may name its program."""
    accept: Callable[[str], bool] = _is_any
    """Whether the program at this path is the version meant."""
    real: Callable[[str], str] = str
    """The program itself, where what is on PATH only leads to it."""
    optional: bool = False
    """Whether no machine must have it, not even CI."""
    seen: Callable[[bytes], bytes] = _untouched
    """What the shell itself makes of a program's output before any script can look at it."""
    names: Callable[[Iterable[str]], str] = " ".join
    """A list of plain words, as `refused_each` wants it."""

    def __str__(self) -> str:
        return self.name

    @property
    def wrapper(self) -> Path:
        """Its file in shell/."""
        path = data_path("shell", SHELLS[self.shell].wrapper or "")
        assert path, f"{self.shell} has no wrapper"
        return path

    def find(self) -> str:
        """Return the program's path, or skip the test; where ``CI`` is set, fail it instead, unless it is optional."""
        program = _find(self)
        if program is None:
            missing = f"{self.name} is not installed"
            if os.environ.get("CI") and not self.optional:
                pytest.fail(missing)
            pytest.skip(missing)
        return program

    def words(self, *words: object) -> str:
        """Return the line that runs a program with arguments."""
        return self.call.format(words=" ".join(self.quote(str(word)) for word in words))


@cache
def _find(probe: Probe) -> str | None:
    named = os.environ.get(probe.variable, "") if probe.variable else ""
    for candidate in filter(None, [named, *probe.command]):
        program = shutil.which(candidate)
        if program and probe.accept(program):
            return probe.real(program)
    return None


def _nu_itself(program: str) -> str:
    # npm's needs Node.js on PATH, and takes half as long again to start.
    words = [program, "--no-config-file", "--commands", "print $nu.current-exe"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def version(program: str) -> tuple[int, int, int]:
    """Return the first three numbers of what a bash or fish says is its version."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"version (\d+)\.(\d+)\.(\d+)", done.stdout)
    assert found, done
    return int(found[1]), int(found[2]), int(found[3])


def _is_bash_3(program: str) -> bool:
    return version(program) < (4, 0)


def _is_not_bash_3(program: str) -> bool:
    return version(program) >= (4, 0)


def _has_function_substitution(program: str) -> bool:
    return version(program) >= (5, 3)


def _is_fish_4(program: str) -> bool:
    return version(program) >= (4, 0)


def _quote_fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _quote_powershell(text: str) -> str:
    for quote in "'\u2018\u2019\u201a\u201b":
        text = text.replace(quote, quote * 2)
    return f"'{text}'"


def _without_nul(text: bytes) -> bytes:
    return text.replace(b"\0", b"")


def _before_nul(text: bytes) -> bytes:
    # For the builtins of fish a text ends there.
    return text.partition(b"\0")[0]


def _as_lines(text: bytes) -> bytes:
    # A native command's output comes as decoded lines: no byte order mark, any line end, and none at the end.
    return text.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n")


def _quote_json(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _quote_doubled(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quote_tcsh(text: str) -> str:
    return "'" + text.replace("'", "'\\''").replace("!", "\\!").replace("\n", "\\\n") + "'"


def _without_empty_lines(text: bytes) -> bytes:
    return b"\n".join(filter(None, _before_nul(text).split(b"\n")))


def _less_a_newline(text: bytes) -> bytes:
    return text.removesuffix(b"\n")


# Not `builtin` and `command`, which is how the wrappers reach the real ones; an alias of that name is harmless.
_BUILTINS = (
    *("export", "unset", "printf", "echo", "local", "declare", "typeset", "readonly", "set", "eval", "read", "test"),
    *("true", "false", "return", "continue", "break", "shift", "source", "shopt", "setopt", "unsetopt", "emulate"),
    *("trap", "cat", "ssoenv"),
)

_POSIX_HIJACK = (
    *(f"function {name} {{{{ : >>{{canary}}; }}}}" for name in _BUILTINS),
    *(f"\\builtin alias {name}=': >>{{canary}}; false'" for name in (*_BUILTINS, "command", "builtin")),
)

_BASH = Probe(
    name="bash",
    command=("bash", "/opt/homebrew/bin/bash", "/usr/local/bin/bash"),
    accept=_is_not_bash_3,
    shell="bash",
    suffix=".bash",
    options=("--norc", "--noprofile"),
    quote=shlex.quote,
    load=". {file}",
    call="{words}",
    status="$?",
    attempt="if {line}; then {call} 0; else {call} $?; fi",
    export="export {name}={value}",
    assign="{name}={value}",
    read_only="readonly {name}",
    children='read -ra counts </proc/$$/stat; echo "${counts[10]}"',
    unset="unset -v {name}",
    value='{call} ${{{name}+"${name}"}}',
    in_function="wrapped() {{ {line}; }}; wrapped",
    refused_each="""\
for name in {names}; do
    ssouse $name 2>/dev/null
    [[ $? == 7 ]] || \\builtin printf '%s\\n' $name >>{wrong}
done""",
    strict=("set -euo pipefail", "set -C"),
    hijack=("\\builtin shopt -s expand_aliases", *_POSIX_HIJACK),
    alias=("shopt -s expand_aliases", "alias ssouse='false '"),
    trace=("shopt -s extdebug", "set -T", 'trap \'printf "trap: %s\\n" "$BASH_COMMAND" >&2\' DEBUG', "set -xv"),
    seen=_without_nul,
)

_FISH = Probe(
    name="fish",
    shell="fish",
    suffix=".fish",
    options=("--no-config",),
    command=("fish",),
    quote=_quote_fish,
    load="builtin source {file}",
    call="{words}",
    status="$status",
    attempt="{line}; {call} $status",
    export="set -gx {name} {value}",
    assign="set -gu {name} {value}",
    children="read -a counts </proc/$fish_pid/stat; echo $counts[11]",
    unset="set -eg {name}",
    value="{call} ${name}",
    in_function="function wrapped; {line}; end; wrapped",
    refused_each="""\
for name in {names}
    ssouse $name 2>/dev/null
    test $status = 7; or echo $name >>{wrong}
end""",
    # What fish lets a function be called; it keeps the others for itself, and says so.
    hijack=tuple(
        f"function {name}; command touch {{canary}}; end"
        for name in (
            *("source", "contains", "count", "printf", "echo", "math", "random", "path", "type", "functions"),
            *("cat", "ssoenv"),
        )
    ),
    alias=("alias ssouse false",),
    trace=("set -g fish_trace 2",),
    seen=_before_nul,
)

PROBES = (
    _BASH,
    # The first that can run functions before a command, in PS0.
    replace(
        _BASH, name="bash-5.3", command=("bash-5.3", "bash"), accept=_has_function_substitution, real=os.path.realpath
    ),
    # No package registry has it: tried where somebody has built it, and on macOS.
    replace(
        _BASH,
        name="bash-3.2",
        command=("bash-3.2", "/bin/bash"),
        variable="SSOENV_TEST_BASH32",
        accept=_is_bash_3,
        optional=True,
    ),
    replace(
        _BASH,
        name="zsh",
        shell="zsh",
        suffix=".zsh",
        options=("-f",),
        command=("zsh",),
        accept=_is_any,
        children="read -rA counts </proc/$$/stat; echo $counts[11]",
        strict=("setopt errexit nounset pipefail noclobber warncreateglobal",),
        hijack=_POSIX_HIJACK,
        alias=("alias ssouse='false '",),
        trace=("trap 'print -ru2 -- \"trap: $ZSH_DEBUG_CMD\"' DEBUG", "set -xv"),
        seen=_untouched,
    ),
    _FISH,
    # It is written in another language than those before it.
    replace(_FISH, name="fish-4", command=("fish-4", "fish"), accept=_is_fish_4, real=os.path.realpath),
    Probe(
        name="powershell",
        shell="powershell",
        suffix=".ps1",
        options=("-NoProfile", "-NonInteractive", "-File"),
        command=("pwsh",),
        variable="SSOENV_TEST_PWSH",
        quote=_quote_powershell,
        load=". {file}",
        # As nothing has been run yet, strict modes would refuse to read it.
        prelude=("$global:LASTEXITCODE = 0",),
        call="& {words}",
        status="$LASTEXITCODE $?",
        attempt="try {{ {line}; {call} $LASTEXITCODE $? }} catch {{ {call} $LASTEXITCODE False }}",
        export="$env:{name} = {value}",
        unset="$env:{name} = $null",
        children='[System.IO.File]::ReadAllText("/proc/$PID/stat").Split()[10]',
        value="if ($null -eq $env:{name}) {{ {call} }} else {{ {call} $env:{name} }}",
        in_function="function wrapped {{ {line} }}; wrapped",
        refused_each="""\
foreach ($name in {names}) {{
    ssouse $name 2>$null
    if ($? -or $LASTEXITCODE -ne 7) {{ [IO.File]::AppendAllText({wrong}, "$name`n") }}
}}""",
        strict=(
            "Set-StrictMode -Version Latest",
            "$ErrorActionPreference = 'Stop'",
            "$PSNativeCommandUseErrorActionPreference = $true",
        ),
        hijack=tuple(
            f"function {name} {{{{ [IO.File]::WriteAllText({{canary}}, 'x') }}}}"
            for name in (
                "Get-Command",
                "Get-Item",
                "Set-Item",
                "Remove-Item",
                "Test-Path",
                "New-Object",
                "ForEach-Object",
                "Where-Object",
                "Select-Object",
                "Out-String",
                "Write-Error",
                "Write-Host",
                "Write-Output",
                "Write-Warning",
                "Get-Variable",
                "Set-Variable",
                "Remove-Variable",
                "Invoke-Expression",
                "Set-StrictMode",
                "ssoenv",
            )
        ),
        alias=("Set-Alias ssouse Get-Date",),
        trace=("Set-PSDebug -Trace 2",),
        seen=_as_lines,
        names=lambda names: ",".join(f"'{name}'" for name in names),
    ),
    # No hijack: a name is resolved when it is read, and then the user's comes first. No alias: it comes before any
    # command, and can't be removed. Nothing traces.
    Probe(
        name="nushell",
        shell="nushell",
        suffix=".nu",
        options=("--no-config-file",),
        command=("nu",),
        real=_nu_itself,
        quote=_quote_json,
        load="source {file}",
        prelude=("$env.LAST = {status: 0}",),  # a record, which no child sees
        call="^{words}",
        status="$env.LAST.status",
        run="$env.LAST.status = 0; try {{ {line} }} catch {{|e| $env.LAST.status = ($e.exit_code? | default 1) }}",
        export="$env.{name} = {value}",
        unset="hide-env -i {name}",
        in_function="def --env wrapped [] {{ {line} }}; wrapped",
        refused_each="""\
for name in [{names}] {{
    let status = try {{ ssouse $name e> /dev/null; 0 }} catch {{|e| $e.exit_code? | default 1 }}
    if $status != 7 {{ $"($name)\\n" | save --append {wrong} }}
}}""",
        seen=_less_a_newline,
    ),
    # What traces there shows the words of programs alone.
    Probe(
        name="xonsh",
        shell="xonsh",
        suffix=".xsh",
        options=("--no-rc",),
        command=("xonsh",),
        quote=repr,
        load='exec(open({file}, encoding="utf-8").read(), {{}})',
        prelude=("import subprocess", "last = 0"),
        call="/usr/bin/env {words}",  # two quoted words in a row would be Python's
        status="@(last)",
        run="""\
try:
    last = 0
    {line}
except subprocess.CalledProcessError as error:
    last = error.returncode""",
        export="${name} = {value}",
        unset="${{...}}.pop('{name}', None)",
        in_function="def wrapped():\n    {line}\nwrapped()",
        refused_each="""\
for name in [{names}]:
    try:
        last = 0
        ssouse @(name)
    except subprocess.CalledProcessError as error:
        last = error.returncode
    if last != 7:
        with open({wrong}, "a") as file:
            file.write(name + "\\n")""",
        strict=("$XONSH_SUBPROC_CMD_RAISE_ERROR = True",),
        hijack=tuple(
            f"aliases['{name}'] = lambda words: open({{canary}}, 'w').close()" for name in ("ssoenv", "env", "sh")
        ),
        alias=("aliases['ssouse'] = 'false'",),
        names=lambda names: ",".join(map(repr, names)),
    ),
    # Loaded again, it is another function, with a memory of its own: nothing outlives a namespace there. Nothing
    # traces, and there are no aliases.
    Probe(
        name="elvish",
        shell="elvish",
        suffix=".elv",
        options=("-norc",),
        command=("elvish",),
        quote=_quote_doubled,
        load="eval (slurp < {file}) &ns=(ns [&]) &on-end={{|ns| set ssouse~ = $ns[ssouse~] }}",
        prelude=(
            "var ssouse~ = $nop~",
            "var last = 0",
            "fn status-of {|e| if (has-key $e[reason] exit-status) { put $e[reason][exit-status]"
            " } elif (has-key $e[reason] content) { put $e[reason][content][exit-status] } else { put 1 } }",
        ),
        call="{words}",
        status="$last",
        run="set last = 0; try {{ {line} }} catch e {{ set last = (status-of $e) }}",
        export="set-env {name} {value}",
        unset="unset-env {name}",
        in_function="fn wrapped {{ {line} }}; wrapped",
        refused_each="""\
for name [{names}] {{
    set last = 0
    try {{ ssouse $name 2>/dev/null }} catch e {{ set last = (status-of $e) }}
    if (!= $last 7) {{ echo $name >>{wrong} }}
}}""",
        hijack=tuple(
            f"fn {name} {{{{|@words| e:touch {{canary}} }}}}"
            for name in ("set-env", "unset-env", "has-env", "keys", "put", "echo", "fail", "eq", "ssoenv")
        ),
        reloads=False,
    ),
    # No hijack: an alias named like a builtin comes first, and tcsh has no way around it. Nothing makes it strict.
    Probe(
        name="tcsh",
        shell="tcsh",
        suffix=".tcsh",
        options=("-f",),
        command=("tcsh",),
        quote=_quote_tcsh,
        load="set __ssoenv_file = {file}; source $__ssoenv_file:q",
        call="{words}",
        status="$status",
        export="setenv {name} {value}",
        unset="unsetenv {name}",
        in_function="alias wrapped '{line}'\nwrapped",
        refused_each="""\
foreach name ({names})
    ssouse $name
    if ($status != 7) echo $name >> {wrong}
end""",
        alias=("alias ssouse false",),
        trace=("set echo", "set verbose"),
        seen=_without_empty_lines,
        is_ascii=True,
        empty_words=False,
    ),
)


counts_children = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells it in a file")
"""The mark of a test that needs `Probe.children`."""


def only(condition: Callable[[Probe], object]) -> pytest.MarkDecorator:
    """Return the mark that keeps a test to the shells that meet *condition*."""
    return pytest.mark.parametrize("probe", [probe for probe in PROBES if condition(probe)], ids=str, indirect=True)
