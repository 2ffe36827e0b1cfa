"""The shelf of a shell's user, and the shells that take from one."""

from __future__ import annotations

import os
import time
from pathlib import Path

from contexts import context_of
from probes import PROBES

from ssoenv import shelf, shells
from ssoenv.environment import Change
from ssoenv.targets import Target

LIFE = 3030
"""How many seconds what is put there is good for, if nothing else is told."""
SHELVING = [probe for probe in PROBES if shells.SHELLS[probe.shell].family]


class Shelf:
    """The shelf of a session's user; each entry sets AWS_SSO_PROFILE to what it was taken for."""

    def __init__(self, session):
        self.session = session
        session.environ["XDG_RUNTIME_DIR"] = str(session.folder / "run")
        (session.folder / "run").mkdir()
        self.family = shells.SHELLS[session.probe.shell].family
        self.config = session.home / ".aws" / "config"
        self.config.parent.mkdir()
        dotfile = session.home / "dotfile"  # many keep their files elsewhere, and link them
        dotfile.touch()
        self.config.symlink_to(dotfile)
        os.utime(self.config, (1, 1))

    @property
    def folder(self) -> Path:
        return self.session.folder / "run" / "ssoenv"

    def context(self, now=time.time):
        session = self.session
        return context_of(
            session.home, environ=session.environ, settings_file=session.home / "settings.toml", now=now, say=print
        )

    def put(self, *words, life=LIFE, now=time.time, value=None, summary="", needs=None, sources=(), **variables):
        """Put a snippet on the shelf for *words*, and return its file."""
        name = " ".join(words)
        expiration = int(now() + life)
        values = {
            "AWS_PROFILE": None,
            "AWS_ACCESS_KEY_ID": "ASIAQNZGKIQY56JQ7WML",
            "AWS_SSO_ACCOUNT_ID": "029608264753",
            "AWS_SSO_PROFILE": value or name,
            "SSOENV_EXPIRATION": str(expiration),
            **variables,
        }
        text = shells.snippet(Change(values, expiration), shells.SHELLS[self.session.probe.shell])
        context = self.context(now)
        target = Target(name, None, None, None, None)
        files = {"needs": needs, "sources": [self.config, *sources]}
        shelf.put(text, words, self.family, context, target=target, summary=summary, begun=now(), **files)
        file = shelf.path(name, self.family, context)
        assert file.exists()
        return file
