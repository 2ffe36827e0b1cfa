"""JSON: with names of its own for programs, and as the answer of a ``credential_process``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from ssoenv.aws.credential_process import answer
from ssoenv.aws.roles import Credentials
from ssoenv.formats import values
from ssoenv.targets import Target


def document(target: Target, credentials: Credentials) -> str:
    """Return an object with every value under its name, null where there is none."""
    found = {name.replace("-", "_"): value for name, value in values.of(target, credentials).items()}
    return _json({"profile": target.name, "role_name": target.role_name, **found})


def credential_process(target: Target, credentials: Credentials) -> str:
    """Return what ``ssoenv credential-process`` answers."""
    return _json(answer(replace(credentials, account_id=target.account_id)))


def _json(content: Mapping[str, object]) -> str:
    return json.dumps(content, indent=2) + "\n"  # ASCII alone: no name in it can steer a terminal
