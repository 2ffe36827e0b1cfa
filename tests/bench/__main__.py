"""Start `command`, which says what this is."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # The shells and their user are those of the tests.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
    from command import main

    main()
