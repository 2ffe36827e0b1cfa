"""Shells: the registry, one writer a family, and the snippet that they write."""

from ssoenv.shells.detection import detect
from ssoenv.shells.files import data, data_path, load_files
from ssoenv.shells.registry import SHELLS, Shell, find
from ssoenv.shells.snippets import SNIPPET_VERSION, lines, snippet

__all__ = [
    "SHELLS",
    "SNIPPET_VERSION",
    "Shell",
    "data",
    "data_path",
    "detect",
    "find",
    "lines",
    "load_files",
    "snippet",
]
