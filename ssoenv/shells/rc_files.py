"""Which file a shell reads at each interactive start, and the one line in it that loads a wrapper.

Each function named as a shell takes an environment and a home directory, and returns a path that need not exist.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def bash(_environ: Mapping[str, str], home: Path) -> Path:
    """Return ``~/.bashrc``; on macOS the file that a login shell reads, since terminals there start only those."""
    if sys.platform != "darwin":
        return home / ".bashrc"
    # bash reads the first of these and no other: a new .bash_profile would put the user's .profile out of use.
    candidates = [home / name for name in (".bash_profile", ".bash_login", ".profile")]
    return next((path for path in candidates if path.exists()), candidates[0])


def zsh(environ: Mapping[str, str], home: Path) -> Path:
    """Return ``.zshrc`` in ZDOTDIR, which may be set in a ``.zshenv`` alone, or else in the home directory."""
    return Path(environ.get("ZDOTDIR") or _zdotdir(environ) or home) / ".zshrc"


def _zdotdir(environ: Mapping[str, str]) -> str:
    """Return what zsh itself takes for ZDOTDIR, or nothing. It is between NULs, as its files may print more."""
    import subprocess  # no switch needs it

    asked = ["zsh", "-c", """builtin printf '\\0%s\\0' "$ZDOTDIR\""""]
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            asked,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=10,
            check=False,
        )
        return os.fsdecode(b"".join(done.stdout.split(b"\0")[1:2]))
    return ""


def fish(environ: Mapping[str, str], home: Path) -> Path:
    """Return a file of our own in ``conf.d``, which fish reads whole."""
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "fish" / "conf.d" / "ssoenv.fish"


def powershell(environ: Mapping[str, str], home: Path) -> Path:
    """Return the profile that all hosts of this user read, of pwsh or of Windows PowerShell 5.1.

    On Windows the two have a folder each under Documents, which may lie elsewhere than in the home directory.
    """
    if sys.platform != "win32":
        return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "powershell" / "profile.ps1"
    import platformdirs

    # Each version hands its children its own module path, with the user's folder for it first.
    is_old = "WindowsPowerShell" in environ.get("PSModulePath", "").split(";")[0]
    folder = "WindowsPowerShell" if is_old else "PowerShell"
    return platformdirs.user_documents_path() / folder / "profile.ps1"


def tcsh(_environ: Mapping[str, str], home: Path) -> Path:
    """Return ``~/.tcshrc``, or ``~/.cshrc`` where that is all there is: a new ``.tcshrc`` would put it out of use."""
    candidates = [home / name for name in (".tcshrc", ".cshrc")]
    return next((path for path in candidates if path.exists()), candidates[0])


def nushell(environ: Mapping[str, str], home: Path) -> Path:
    """Return a file of our own in ``autoload``, which nushell reads whole."""
    default = home / "Library" / "Application Support" if sys.platform == "darwin" else home / ".config"
    return _config(environ, default) / "nushell" / "autoload" / "ssoenv.nu"


def xonsh(environ: Mapping[str, str], home: Path) -> Path:
    """Return a file of our own in ``rc.d``, which xonsh reads whole."""
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "xonsh" / "rc.d" / "ssoenv.xsh"


def elvish(environ: Mapping[str, str], home: Path) -> Path:
    """Return ``rc.elv`` in elvish's folder."""
    return _config(environ, home / ".config") / "elvish" / "rc.elv"


def _config(environ: Mapping[str, str], default: Path) -> Path:
    folder = environ.get("XDG_CONFIG_HOME") or (environ.get("APPDATA") if sys.platform == "win32" else None)
    return Path(folder or default)


# Each shell here takes what follows for a comment. It marks the line as ours: all others are the user's.
_MARK = "  # by `ssoenv init --install`"
# The mark in a file that did not exist before.
_MARK_OF_NEW = f"{_MARK}, as is this file"


def with_line(text: str, line: str, *, new: bool = False) -> str:
    """Return *text* with *line*, marked as ours: in the place of the marked line, else at the end.

    The mark of a *new* file says that the file is ours, too.
    """
    lines = text.splitlines(keepends=True)
    for number, there in enumerate(lines):
        if _is_marked(there):
            mark = _MARK_OF_NEW if is_ours(there) else _MARK
            lines[number] = line + mark + there[len(there.rstrip("\r\n")) :]
            return "".join(lines)
    newline = "\r\n" if "\r\n" in text else "\n"
    mark = _MARK_OF_NEW if new else _MARK
    return text + (newline if text and not text.endswith("\n") else "") + line + mark + newline


def without_line(text: str) -> str:
    """Return *text* less the marked line."""
    return "".join(line for line in text.splitlines(keepends=True) if not _is_marked(line))


def marked_line(text: str) -> str:
    """Return the marked line of *text*, or nothing."""
    return next((line.rstrip("\r\n") for line in text.splitlines() if _is_marked(line)), "")


def is_ours(text: str) -> bool:
    """Tell whether the marked line of *text* says that the file was made for it."""
    return marked_line(text).endswith(_MARK_OF_NEW)


def _is_marked(line: str) -> bool:
    return line.rstrip("\r\n").endswith((_MARK, _MARK_OF_NEW))
