"""Node.js with the AWS SDK for JavaScript, which npm installs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from installed import TOOLS

_MODULES = Path(os.environ.get("SSOENV_TEST_NODE_MODULES") or TOOLS / "npm" / "node_modules")


def node_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return *environ* for node to find ``@aws-sdk/client-sts`` and ``@aws-sdk/credential-providers``.

    Skip the test where these or node are missing; where ``CI`` is set, fail it instead.
    """
    if not (shutil.which("node") and (_MODULES / "@aws-sdk" / "credential-providers").is_dir()):
        missing = f"the AWS SDK for JavaScript is not installed: npm packages in {_MODULES}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    return {**environ, "NODE_PATH": str(_MODULES), "NODE_NO_WARNINGS": "1"}


def start_node(script: str, environ: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start *script* in node; see `node_environ`."""
    return subprocess.Popen(
        ["node", "-e", script],
        env=node_environ(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
