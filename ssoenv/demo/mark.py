"""The tour's witness, a child process of the shell: it tells how the line before ended, and what it inherited.

    python -m ssoenv.demo.mark STATUS

prints a line of three words: `MARK`, the status, and a fingerprint of the environment. No secret leaves the process.
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256

MARK = "ssoenv-tour-mark"


def main() -> None:
    """Print the line."""
    # `_` is the shell's own note of what it ran last.
    inherited = sorted(item for item in os.environ.items() if item[0] != "_")
    fingerprint = sha256(repr(inherited).encode("utf-8", "backslashreplace")).hexdigest()
    print(MARK, sys.argv[1], fingerprint, flush=True)


if __name__ == "__main__":
    main()
