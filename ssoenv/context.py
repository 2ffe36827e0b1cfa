"""All that touches the outside: clock, home, environment, terminal, browser."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Context:
    """What a step may know of the world around it; a test hands in another one.

    *now* returns POSIX seconds (UTC), *sleep* takes seconds. *terminal* is true when someone is there to approve a
    login or to answer a question. *say* writes a line to stderr. *open_browser* returns whether one was started.
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

    @classmethod
    def system(cls, say: Callable[[str], None]) -> Context:
        """Return the context of this process; *say* is how the program talks."""
        import platformdirs

        environ = os.environ
        settings = environ.get("SSOENV_CONFIG") or platformdirs.user_config_path("ssoenv") / "config.toml"
        return cls(
            environ=environ,
            home=Path.home(),
            cache_dir=platformdirs.user_cache_path("ssoenv"),
            settings_file=Path(settings),
            terminal=_has_terminal(),
            now=time.time,
            sleep=time.sleep,
            say=say,
            open_browser=_open_browser,
        )


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
