"""The forms in which credentials are handed to a person or to another program: texts that end with a newline.

A form writes no value that its reader would take for anything but that value: it quotes, or raises ConfigError.
"""

from ssoenv.formats import github_actions, portal, values
from ssoenv.formats.registry import FORMATS, Format, find

__all__ = ["FORMATS", "Format", "find", "github_actions", "portal", "values"]
