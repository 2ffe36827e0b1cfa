"""What the tests of `ssoenv exec` start: the program."""

from __future__ import annotations

import sys

PROGRAM = [sys.executable, "-m", "ssoenv", "exec"]
