"""What a step may know of the world around it, as tests hand it in."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ssoenv.context import Context


def context_of(home: Path, **others: Any) -> Context:
    """Return the context of a process at no terminal, with that home and no variables, in which nobody hears a word."""
    fields: dict[str, Any] = {
        "environ": {},
        "home": home,
        "cache_dir": home / "cache",
        "settings_file": home / "none",
        "terminal": False,
        "now": time.time,
        "sleep": time.sleep,
        "say": lambda _line: None,
        "open_browser": lambda _url: False,
    }
    return Context(**fields | others)
