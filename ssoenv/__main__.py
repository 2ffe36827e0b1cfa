"""The program: ``ssoenv`` and ``python -m ssoenv``."""

import gc
import sys


def main() -> None:
    """Run the command line. Ctrl-C while it is loaded leaves no traceback, either."""
    # What is imported stays: the collector would look it through dozens of times, which is a tenth of a switch.
    gc.set_threshold(50_000)
    try:
        from ssoenv import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
