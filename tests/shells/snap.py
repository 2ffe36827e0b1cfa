"""A child process of a shell under test: ``snap.py FILE LABEL [WORD…]`` appends one line of JSON to the file.

The line holds the environment (its bytes as Latin-1) and the words, such as the last status.
"""

import json
import os
import sys
from pathlib import Path

# The program that a shell has just started, and nushell's last status.
_VARYING = (b"_", b"LAST_EXIT_CODE")

environ = os.environb if os.supports_bytes_environ else {k.encode(): v.encode() for k, v in os.environ.items()}
file, label, *words = sys.argv[1:]
with Path(file).open("a", encoding="ascii") as record:
    record.write(
        json.dumps(
            {
                "label": label,
                "words": [os.fsencode(word).decode("latin-1") for word in words],
                "environ": {k.decode("latin-1"): v.decode("latin-1") for k, v in environ.items() if k not in _VARYING},
            }
        )
        + "\n"
    )
