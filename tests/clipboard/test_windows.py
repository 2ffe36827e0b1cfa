"""The clipboard of Windows: the process that stays behind, and another one that looks, both in a Windows Python.

Elsewhere than on Windows it runs in Wine, if SSOENV_TEST_WINE_PYTHON names a python.exe.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_WINE_PYTHON = os.environ.get("SSOENV_TEST_WINE_PYTHON", "")

pytestmark = pytest.mark.skipif(
    not _WINE_PYTHON and sys.platform != "win32", reason="no Windows, and SSOENV_TEST_WINE_PYTHON is not set"
)

# It stays from first to last: in Wine, a clipboard goes with the last program that shows something.
_PERSON = """
import ctypes, json, os, sys, time
from ctypes.wintypes import HANDLE, HGLOBAL, LPVOID

from ssoenv.clipboard import helper, windows

user, kernel = ctypes.WinDLL("user32"), ctypes.WinDLL("kernel32")
user.GetDesktopWindow()
user.GetClipboardData.restype, kernel.GlobalLock.restype = HANDLE, LPVOID
kernel.GlobalLock.argtypes = kernel.GlobalUnlock.argtypes = kernel.GlobalSize.argtypes = [HGLOBAL]

def look():
    while not user.OpenClipboard(None):
        time.sleep(0.01)
    found, kind, name = {}, 0, ctypes.create_unicode_buffer(100)
    while kind := user.EnumClipboardFormats(kind):
        memory = user.GetClipboardData(kind)
        data = ctypes.string_at(kernel.GlobalLock(memory), kernel.GlobalSize(memory))
        kernel.GlobalUnlock(memory)
        if kind == 13:
            found["text"] = data.decode("utf-16-le")
        elif user.GetClipboardFormatNameW(kind, name, 100):
            found[name.value] = data.hex()
    user.CloseClipboard()
    return found

secret = sys.stdin.readline()
assert helper.hold(secret, 1, os.environ, secret=True)
seen = [look()]
while look():
    time.sleep(0.01)
windows.put("foreign", secret=False)
windows.take_off(secret)
seen.append(look())
print(json.dumps(seen))
"""


def test_a_secret_is_marked_and_taken_off(tmp_path):
    """Beside its text stands all that keeps it out of the history; it is taken off, and no other text is."""
    secret = "wJalrXUtnFEMI/K7MDENG, é and 🔑"
    (tmp_path / "person.py").write_text(_PERSON)
    root = str(Path(__file__).parents[2])
    quiet = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "WINEDEBUG": "-all"}
    environ = {**os.environ, **quiet, "PYTHONPATH": f"Z:{root}" if _WINE_PYTHON else root}
    words = ["wine", _WINE_PYTHON] if _WINE_PYTHON else [sys.executable]
    streams = {"input": secret, "capture_output": True, "encoding": "utf-8"}
    done = subprocess.run([*words, "person.py"], cwd=tmp_path, env=environ, **streams, check=False)
    assert done.returncode == 0, done.stderr
    no_history = ("CanIncludeInClipboardHistory", "CanUploadToCloudClipboard")
    marks = dict.fromkeys(("ExcludeClipboardContentFromMonitorProcessing", *no_history), "00000000")
    assert json.loads(done.stdout) == [{"text": f"{secret}\0", **marks}, {"text": "foreign\0"}]
