"""A child process of a shell under test: ``snap.py FILE LABEL [WORD…]`` appends one line to the file.

The line is a Python literal of the label, the words (such as the last status) and the environment; all but the label
are bytes. Nothing is imported that a bare interpreter lacks: each test starts several of these.
"""

import os
import sys

# The program that a shell has just started, and nushell's last status.
_VARYING = (b"_", b"LAST_EXIT_CODE")

environ = os.environb if os.supports_bytes_environ else {k.encode(): v.encode() for k, v in os.environ.items()}
file, label, *words = sys.argv[1:]
seen = {name: value for name, value in environ.items() if name not in _VARYING}
with open(file, "a", encoding="ascii") as record:  # noqa: PTH123 - pathlib takes as long to import as Python to start
    record.write(ascii((label, list(map(os.fsencode, words)), seen)) + "\n")
