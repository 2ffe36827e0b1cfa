# ssoenv for xonsh, 0.25 and later: `ssouse NAME` makes this shell be that AWS account and role.
#
# Load it:  exec($(ssoenv init xonsh), {})
#
# Each shell's file has the same sections in the same order: check, memory, apply, commands. It is plain Python, which
# xonsh reads a hundred times as fast, and runs in a namespace of its own, so that no name of the user's stands in.
# The program `ssoenv` only prints. What it printed is first proven to be nothing but assignments and removals of AWS_*
# and SSOENV_* variables, and these are then made by name: no text is ever evaluated.

import ast
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

from xonsh.built_ins import XSH
from xonsh.tools import unthreadable

# --- check -----------------------------------------------------------------------------------------------------------

OURS = "(?:AWS|SSOENV)_[A-Z0-9_]+"
# What ascii() writes: no other characters, and these escapes.
WORD = r"""'(?:[ -&(-[\]-~]|\\[\\'xuU])*'|"(?:[ !#-[\]-~]|\\[\\xuU])*\""""
LINE = re.compile(rf"\$\{{\.\.\.\}}\.pop\('(?P<removed>{OURS})', None\)|\$(?P<name>{OURS}) = (?P<word>{WORD})")


def check(text):
    """Prove that the bytes are a snippet; return what it sets: name -> value, or None to remove. None if it is none."""
    try:
        first, *lines, last, rest = text.decode("ascii").split("\n")
        if not re.fullmatch("# ssoenv/1 [0-9]+", first) or (last, rest) != ("# ssoenv/end", "") or not lines:
            return None
        matches = [LINE.fullmatch(line) for line in lines]
        return {match["removed"] or match["name"]: match["word"] and unquote(match["word"]) for match in matches}
    except (ValueError, SyntaxError, TypeError):  # not ASCII, not as many lines, no such line, no such word
        return None


def unquote(word):
    """Return the value of a quoted word; raise ValueError for one that is not as written, or has control characters."""
    value = ast.literal_eval(word)
    if ascii(value) != word or re.search("[\0-\x1f\x7f-\x9f\ud800-\udfff]", value):
        raise ValueError
    return value


# --- memory ----------------------------------------------------------------------------------------------------------
# base holds what was there before the first switch (name -> value, or None if absent); now and before hold the
# arguments of the last two switches. It lives as long as the session, however often this file is loaded.

if not hasattr(XSH, "ssoenv_memory"):
    XSH.ssoenv_memory = SimpleNamespace(base={}, now=[], before=[])
memory = XSH.ssoenv_memory


def remember(changes):
    for name in changes:
        if name not in memory.base:
            memory.base[name] = XSH.env.get(name)


# --- apply -----------------------------------------------------------------------------------------------------------


def apply(changes):
    """Make the environment what it was before the first switch, plus the changes."""
    remember(changes)
    for name, value in {**memory.base, **changes}.items():
        put(name, value)


def put(name, value):
    if value is not None:
        XSH.env[name] = value
    elif name in XSH.env:
        del XSH.env[name]


def say(sentence):
    print(f"ssouse: {sentence}", file=sys.stderr, flush=True)


# --- commands --------------------------------------------------------------------------------------------------------
# Each returns its status.


def run(program, *words, **options):
    """Run the program, by no alias of the user's; Ctrl-C is for the program to answer."""
    with subprocess.Popen([program, "use", *words], env=XSH.env.detype(), **options) as child:
        while True:
            try:
                return child.communicate()[0], child.returncode
            except KeyboardInterrupt:
                pass


def switch(program, words):
    text, status = run(program, "--shell", "xonsh", "--wrapper", "1", *words, stdout=subprocess.PIPE)
    if status != 0:
        return status if status > 0 else 128 - status
    changes = check(text)
    if changes is None:
        say(
            "refused what ssoenv printed: it is not a version 1 snippet. Nothing was changed. "
            "If ssoenv was updated, start a new shell."
        )
        return 7
    if not memory.now and XSH.env.get("AWS_SSO_PROFILE"):
        memory.now = [XSH.env["AWS_SSO_PROFILE"]]
    apply(changes)
    if memory.now and memory.now != words:
        memory.before = memory.now
    memory.now = words
    return 0


def off():
    if memory.base:
        apply({})
        memory.base.clear()
        if XSH.env.get("SSOENV_SET"):
            say("this shell is again what its parent was switched to. To end that, too, once more: ssouse --off")
    elif XSH.env.get("SSOENV_SET"):
        names = XSH.env["SSOENV_SET"]
        if not re.fullmatch(f"{OURS}(?: {OURS})*", names):
            say("SSOENV_SET holds something other than names of variables, so nothing was changed.")
            return 7
        for name in [*names.split(" "), "SSOENV_SET"]:
            put(name, None)
        say("this shell did not make the switch: what it set is removed, nothing restored.")
    else:
        say("this shell has not been switched.")
    memory.before = memory.now or memory.before
    memory.now = []
    return 0


def back(program):
    if not memory.before:
        say("there was no earlier switch in this shell.")
        return 2
    return switch(program, memory.before)


@unthreadable  # which leaves the terminal to the program
def ssouse(words, stdin=None, stdout=None, stderr=None):
    """Make this shell be an AWS account and role."""
    program = shutil.which("ssoenv", path=XSH.env.detype().get("PATH", ""))
    if words == ["--off"]:
        return off()
    if program is None:
        say("there is no program ssoenv on PATH. Nothing was changed.")
        return 127
    if "--help" in words or words == ["-h"]:
        return run(program, "--help", stdout=stdout, stderr=stderr)[1]
    if "--forget" in words:
        return run(program, *words, stdout=stdout, stderr=stderr)[1]
    if words == ["-"]:
        return back(program)
    if "-" in words or "--off" in words:
        say("'-' and '--off' take nothing else.")
        return 2
    return switch(program, words)


XSH.aliases["ssouse"] = ssouse
