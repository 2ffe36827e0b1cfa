"""The program: ``ssoenv`` and ``python -m ssoenv``."""

from ssoenv.cli import main

if __name__ == "__main__":
    main()
