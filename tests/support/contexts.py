"""What a step may know of the world around it, as tests hand it in."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from ssoenv import login
from ssoenv.aws import tokens
from ssoenv.aws.config import Session
from ssoenv.context import Context
from ssoenv.login import Way

START_URL = "https://my-sso-portal.awsapps.com/start"
CORP = Session("corp", START_URL, "eu-central-1", ("sso:account:access",))
LEGACY = Session(None, START_URL, "eu-central-1", None)


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


class Clock:
    """A clock that stands still, but for those who sleep or set its *time*. It starts now: botocore knows no other."""

    def __init__(self):
        self.time = float(int(time.time()))
        self.slept = []

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


class World:
    """A context whose outside is recorded: what was said, and which pages a browser was asked to open."""

    def __init__(self, home, *, terminal):
        home.mkdir(exist_ok=True)
        (home / ".aws").mkdir(exist_ok=True)
        (home / ".aws/config").write_text("[profile dev]\n")
        self.clock = Clock()
        self.said = []
        self.opened = []
        self.context = context_of(
            home,
            cache_dir=home / ".cache" / "ssoenv",
            terminal=terminal,
            now=self.clock.now,
            sleep=self.clock.sleep,
            say=self.said.append,
            open_browser=lambda url: self.opened.append(url) or True,
        )

    def change(self, **outside):
        self.context = replace(self.context, **outside)

    def log_in(self, session=CORP, *, force=False, way=None):
        return login.log_in(session, self.context, force=force, way=way or Way())

    def token_file(self, session=CORP):
        return json.loads(tokens.token_path(self.context, session).read_text())
