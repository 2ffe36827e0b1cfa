"""The program: ``ssoenv`` and ``python -m ssoenv``."""

import sys


def main() -> None:
    """Run the command line. Ctrl-C while it is loaded leaves no traceback, either."""
    try:
        from ssoenv import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
