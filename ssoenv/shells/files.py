"""The texts of shell/ and completions/, wherever this package runs from."""

from __future__ import annotations

from pathlib import Path

from ssoenv.shells.registry import Shell


def data(folder: str, name: str) -> str:
    """Return the text of the file *name* in *folder*, ``shell`` or ``completions``."""
    if path := data_path(folder, name):
        return path.read_text("utf-8")
    from importlib.resources import files  # 20 ms, and only a zip file needs it

    return (files("ssoenv") / "_data" / folder / name).read_text("utf-8")


def load_files(shell: Shell) -> list[Path | None]:
    """Return the files that a shell loads: its wrapper and its completion; None for one inside a zip file."""
    names = (("shell", shell.wrapper), ("completions", shell.completion))
    return [data_path(folder, name) for folder, name in names if name]


def data_path(folder: str, name: str) -> Path | None:
    """Return where *name* in *folder* lies on disk, or None inside a zip file.

    A wheel carries the folders in ``_data``; a checkout, which an editable install runs from, beside the package.
    """
    package = Path(__file__).resolve().parent.parent
    candidates = (root / folder / name for root in (package / "_data", package.parent))
    return next((path for path in candidates if path.is_file()), None)
