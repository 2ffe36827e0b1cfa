"""All that touches the outside: clock, home, environment, terminal, browser."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ssoenv.errors import ConfigError


@dataclass(frozen=True)
class Context:
    """What a step may know of the world around it; a test hands in another one.

    *now* returns POSIX seconds (UTC), *sleep* takes seconds. *terminal* is true when someone is there to approve a
    login or to answer a question. *say* writes a line to stderr. *open_browser* returns whether one was started;
    *has_browser* tells whether one is known to work that runs on this machine. *show* writes a line to stderr that the
    next one replaces, "" leaves none; it is None where that can't be done or is not wanted.
    """

    environ: Mapping[str, str]
    home: Path
    cache_dir: Path
    settings_file: Path
    terminal: bool
    now: Callable[[], float]
    sleep: Callable[[float], None]
    say: Callable[[str], None]
    open_browser: Callable[[str], bool]
    has_browser: Callable[[], bool] = lambda: False
    show: Callable[[str], None] | None = None

    @property
    def shell_cache(self) -> Path:
        """The folder for what shells read: each must tell it by itself, so it is the same on Linux and macOS."""
        if os.name == "nt":
            return Path(self.environ.get("LOCALAPPDATA") or self.home / "AppData" / "Local") / "ssoenv"
        return Path(self.environ.get("XDG_CACHE_HOME") or self.home / ".cache") / "ssoenv"

    @property
    def unattended(self) -> Context:
        """The same with nobody to ask."""
        return replace(self, terminal=False)

    @classmethod
    def system(cls, say: Callable[[str], None]) -> Context:
        """Return the context of this process; *say* is how the program talks."""
        environ = os.environ
        home = _home()
        config_dir, cache_dir = _folders(environ)
        settings = environ.get("SSOENV_CONFIG") or config_dir / "config.toml"
        return cls(
            environ=environ,
            home=home,
            cache_dir=cache_dir,
            settings_file=Path(settings),
            terminal=_has_terminal(),
            now=time.time,
            sleep=time.sleep,
            say=say,
            open_browser=_open_browser,
            has_browser=_has_browser,
        )


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise ConfigError("This user has no home folder, and HOME is not set.", "Set HOME.") from error


def _folders(environ: Mapping[str, str]) -> tuple[Path, Path]:
    """Return the folders for settings and for what is no loss, as platformdirs tells them.

    On Linux without it: its rule there is two lines, and its import a tenth of a switch.
    """
    home = environ.get("HOME", "")
    if sys.platform != "linux" or "ANDROID_DATA" in environ or not home.startswith("/"):
        import platformdirs

        dirs = platformdirs.PlatformDirs("ssoenv", appauthor=False)  # else Windows has the name twice
        return dirs.user_config_path, dirs.user_cache_path
    rules = (("XDG_CONFIG_HOME", ".config"), ("XDG_CACHE_HOME", ".cache"))
    named = ((environ.get(variable, ""), name) for variable, name in rules)
    config_dir, cache_dir = (Path(path if path.startswith("/") else f"{home}/{name}", "ssoenv") for path, name in named)
    return config_dir, cache_dir


def _has_terminal() -> bool:
    """Tell whether someone sits at a terminal: stdout is captured by the wrapper, so the terminal itself is asked."""
    try:
        os.close(os.open("CONIN$" if os.name == "nt" else "/dev/tty", os.O_RDWR | getattr(os, "O_NOCTTY", 0)))
    except OSError:
        return False
    return sys.stderr is not None and sys.stderr.isatty()


def _open_browser(url: str) -> bool:
    from ssoenv.browser import open_browser

    return open_browser(url, os.environ)


def _has_browser() -> bool:
    from ssoenv.browser import is_here

    return is_here(os.environ)
