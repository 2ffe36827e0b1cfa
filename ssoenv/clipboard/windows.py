"""The clipboard of Windows, with the marks of a secret beside its text: pyperclip knows text alone.

Source: Microsoft's Win32 documentation, Clipboard Formats for the marks, which Windows' own history goes by.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.wintypes import BOOL, DWORD, HANDLE, HGLOBAL, HWND, INT, LPCWSTR, LPVOID, UINT
from typing import Any

assert sys.platform == "win32"  # noqa: S101 - mypy goes by it

# Each holds a DWORD of 0: keep out of programs that watch, of the history, of the user's other devices.
_MARKS = (
    "ExcludeClipboardContentFromMonitorProcessing",
    "CanIncludeInClipboardHistory",
    "CanUploadToCloudClipboard",
)
_CF_UNICODETEXT = 13
_GMEM_MOVEABLE = 2
_HWND_MESSAGE = -3  # the parent of windows that are never shown
# How long to wait while another program has the clipboard open. Seconds.
_PATIENCE = 5.0


def _function(library: str, name: str, result: Any, *arguments: Any) -> Any:
    return ctypes.WINFUNCTYPE(result, *arguments)((name, ctypes.WinDLL(library)))


_create_window = _function(
    "user32", "CreateWindowExW", HWND, DWORD, LPCWSTR, LPCWSTR, DWORD, *[INT] * 4, HWND, HANDLE, HANDLE, LPVOID
)
_destroy_window = _function("user32", "DestroyWindow", BOOL, HWND)
_open = _function("user32", "OpenClipboard", BOOL, HWND)
_close = _function("user32", "CloseClipboard", BOOL)
_empty = _function("user32", "EmptyClipboard", BOOL)
_register = _function("user32", "RegisterClipboardFormatW", UINT, LPCWSTR)
_get = _function("user32", "GetClipboardData", HANDLE, UINT)
_set = _function("user32", "SetClipboardData", HANDLE, UINT, HANDLE)
_allocate = _function("kernel32", "GlobalAlloc", HGLOBAL, UINT, ctypes.c_size_t)
_lock = _function("kernel32", "GlobalLock", LPVOID, HGLOBAL)
_unlock = _function("kernel32", "GlobalUnlock", BOOL, HGLOBAL)


def put(text: str, *, secret: bool) -> bool:
    """Put *text* on the clipboard, a *secret* marked as one; return True.

    Raise OSError where that can't be done; no secret is there without its marks.
    """
    with _clipboard():
        _must(_empty())
        for mark in _MARKS if secret else ():
            _serve(_must(_register(mark)), bytes(4))
        _serve(_CF_UNICODETEXT, (text + "\0").encode("utf-16-le"))
    return True


def take_off(text: str) -> None:
    """Empty the clipboard, if it is *text* that it holds; nobody can copy in between. Raise OSError as `put` does."""
    with _clipboard():
        if _text() == text:
            _must(_empty())


@contextmanager
def _clipboard() -> Iterator[None]:
    # Windows takes data from the owner of a window alone. It is never shown, and is destroyed at once.
    window = _must(_create_window(0, "STATIC", None, 0, 0, 0, 0, 0, _HWND_MESSAGE, None, None, None))
    try:
        end = time.monotonic() + _PATIENCE
        while not _open(window):
            if time.monotonic() > end:
                raise ctypes.WinError()
            time.sleep(0.01)
        try:
            yield
        finally:
            _close()
    finally:
        _destroy_window(window)


def _serve(kind: int, data: bytes) -> None:
    """Hand *data* over to the open clipboard, in memory that is the system's from then on."""
    memory = _must(_allocate(_GMEM_MOVEABLE, len(data)))
    ctypes.memmove(_must(_lock(memory)), data, len(data))
    _unlock(memory)
    _must(_set(kind, memory))


def _text() -> str | None:
    """Return the text on the open clipboard; None if there is none."""
    memory = _get(_CF_UNICODETEXT)
    if not memory:
        return None
    text = ctypes.wstring_at(_must(_lock(memory)))
    _unlock(memory)
    return text


def _must(result: Any) -> Any:
    """Return what a function of Windows did; raise OSError if that is 0: it has failed."""
    if not result:
        raise ctypes.WinError()
    return result
