"""The clipboard of macOS, with the marks of a secret beside its text: pbcopy, which pyperclip runs, knows text alone.

The system's own osascript speaks with it. Its script is always the same; what to hold is read from stdin.

Sources: Apple's NSPasteboard; nspasteboard.org for the marks, which clipboard managers go by.
"""

from __future__ import annotations

import json
import subprocess

_OSASCRIPT = "/usr/bin/osascript"  # PATH need not lead there
_MARKS = ("org.nspasteboard.ConcealedType", "org.nspasteboard.TransientType")
# A method without arguments is called by its name alone. The marks go first: nobody sees the text without them.
_SCRIPT = """
ObjC.import("AppKit");
function run() {
    const input = $.NSFileHandle.fileHandleWithStandardInput.readDataToEndOfFile;
    const order = JSON.parse($.NSString.alloc.initWithDataEncoding(input, $.NSUTF8StringEncoding).js);
    const board = $.NSPasteboard.generalPasteboard;
    const held = () => ObjC.unwrap(board.stringForType($.NSPasteboardTypeString)) === order.text;
    if (order.put) {
        // 1 is NSPasteboardContentsCurrentHostOnly: no Universal Clipboard takes it to other devices.
        board.prepareForNewContentsWithOptions(order.marks.length ? 1 : 0);
        for (const mark of order.marks) board.setStringForType($(""), $(mark));
        board.setStringForType($(order.text), $.NSPasteboardTypeString);
    } else if (held()) {
        board.clearContents;
    }
    return held();
}
"""


def put(text: str, *, secret: bool) -> bool:
    """Put *text* on the clipboard, a *secret* marked as one; return whether it is there."""
    return _run({"put": True, "text": text, "marks": _MARKS if secret else ()})


def take_off(text: str) -> None:
    """Empty the clipboard, if it is *text* that it holds."""
    _run({"put": False, "text": text})


def _run(order: dict[str, object]) -> bool:
    words = [_OSASCRIPT, "-l", "JavaScript", "-e", _SCRIPT]
    try:
        done = subprocess.run(words, input=json.dumps(order), stdout=subprocess.PIPE, encoding="utf-8", check=False)
    except OSError:  # TimeoutError, too
        return False
    return done.stdout.strip() == "true"
