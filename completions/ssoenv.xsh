# Completion of profile names after `ssouse` for xonsh. Plain Python, as ssoenv.xsh in shell/ is.
#
# No process is started: the names come from a file that ssoenv keeps. They are other people's text, so they are
# compared and quoted, and never evaluated.

import os
import re

from xonsh.built_ins import XSH
from xonsh.completers.completer import add_one_completer
from xonsh.completers.tools import RichCompletion, contextual_command_completer_for


def names():
    """Return the lines of the names file, or none."""
    if os.name == "nt":
        cache = XSH.env.get("LOCALAPPDATA", "")
    else:
        cache = XSH.env.get("XDG_CACHE_HOME") or os.path.join(XSH.env["HOME"], ".cache")
    try:
        with open(os.path.join(cache, "ssoenv", "names"), encoding="utf-8", newline="\n") as file:
            return file.read().split("\n")[:-1]
    except (OSError, ValueError):
        return []


@contextual_command_completer_for("ssouse")
def offer(context):
    """Offer the names that start with the word at the cursor, which is the first one after options."""
    if any(not argument.value.startswith("-") for argument in context.args[1 : context.arg_index]):
        return set()
    found = {}
    for line in names():
        name, _, description = line.partition("\t")
        if name.startswith(context.prefix):
            found[name] = description
    return {
        RichCompletion(
            quoted(name),
            # The word is quoted anew, also where a quote is open.
            prefix_len=len(context.opening_quote) + len(context.prefix),
            display=name,
            description=description,
            append_closing_quote=False,
        )
        for name, description in found.items()
    }


def quoted(name):
    """Return the name as a word; in a quoted one, too, a $ or a * would not stand for itself."""
    if re.fullmatch(r"\w[\w./:+-]*", name):
        return name
    return repr(name) if re.fullmatch(r"[\w ./:@+'-]+", name) else f"@({name!r})"


add_one_completer("ssouse", offer, "start")
