"""A clipboard of our own on X11, which knows no other store than the program that was copied from.

xclip and its like serve one type of data at a time, so the mark of a secret can't stand beside its text. And whoever
owns the clipboard is told when another program takes it: what that has copied is touched only if it is the same text.

Sources: the Inter-Client Communication Conventions Manual, 2; Klipper for the mark.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator
from typing import Any

_MARK = "x-kde-passwordManagerHint"
# How long an empty clipboard is held before there is none. Some managers fill one that lost its owner with what they
# saw there last, so this is what they have to see. Seconds.
_FAREWELL = 1.0
# How long to wait for what another program has on the clipboard. Seconds.
_PATIENCE = 5.0


def hold(text: str, seconds: int, held: Callable[[], None], *, secret: bool) -> None:
    """Own the clipboard with *text* and call *held*; after *seconds* (0: never) take it off, if it is still there.

    Return without a call of *held* where no X server answers.
    """
    from Xlib import error

    try:
        selection = _Selection(text, secret=secret)
        if not selection.own():
            return
        held()
        end = time.monotonic() + seconds
        if selection.serve(seconds or None):
            selection.empty()
        elif seconds:
            # The other one may be a clipboard manager, which has the same text.
            time.sleep(max(0, end - time.monotonic()))
            selection = _Selection("", secret=False)
            if selection.paste() != text.encode():
                return
        else:
            return
        # By the time when it was made: the server ignores it if another program has taken the clipboard since.
        if selection.own() and selection.serve(_FAREWELL):
            selection.give_up()
    except (error.DisplayError, error.XauthError, error.ConnectionClosedError):
        return


class _Selection:
    """The CLIPBOARD selection, served as each of several targets."""

    def __init__(self, text: str, *, secret: bool) -> None:
        from Xlib import X, Xatom, display

        self._connection = display.Display()
        atom = self._connection.intern_atom
        root = self._connection.screen().root
        self._window = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        self._name = atom("CLIPBOARD")
        self._time = self._now()
        self._texts = [atom("UTF8_STRING"), atom("text/plain;charset=utf-8")]
        if text.isascii():  # of others, STRING can hold a few only
            self._texts.append(Xatom.STRING)
        # Target -> type, bits of an item, items: as a property of a window is set.
        self._served: dict[int, tuple[int, int, Any]] = {target: (target, 8, text.encode()) for target in self._texts}
        self._served[atom("TIMESTAMP")] = (Xatom.INTEGER, 32, [self._time])
        if secret:
            self._served[atom(_MARK)] = (atom(_MARK), 8, b"secret")
        targets = atom("TARGETS")
        self._served[targets] = (Xatom.ATOM, 32, [targets, *self._served])

    def _now(self) -> int:
        """Return the server's time, which it tells with each change of a property."""
        from Xlib import X, Xatom

        self._window.change_property(Xatom.WM_NAME, Xatom.STRING, 8, b"ssoenv")
        while (event := self._connection.next_event()).type != X.PropertyNotify:
            pass
        return int(event.time)

    def own(self) -> bool:
        """Take the clipboard, unless another has since this was made; return whether it is ours."""
        self._window.set_selection_owner(self._name, self._time)
        return bool(self._connection.get_selection_owner(self._name) == self._window)

    def empty(self) -> None:
        """Serve an empty text from now on."""
        for target in self._texts:
            self._served[target] = (target, 8, b"")

    def give_up(self) -> None:
        """Leave the clipboard without an owner, and nobody who has asked before without an answer."""
        self._window.destroy()
        self._connection.sync()
        self.serve(0)

    def serve(self, seconds: float | None) -> bool:
        """Hand the text to all who ask, for *seconds* (None: for ever); return False as soon as it is ours no more."""
        from Xlib import X

        for event in self._events(seconds):
            if event.type == X.SelectionClear:
                return False
            if event.type == X.SelectionRequest:
                self._answer(event)
        return True

    def paste(self) -> bytes:
        """Return the text that another program has on the clipboard; b"" if it hands over none."""
        from Xlib import X

        place = self._texts[0]
        self._window.convert_selection(self._name, place, place, self._time)
        for event in self._events(_PATIENCE):
            if event.type == X.SelectionNotify:
                found = event.property and self._window.get_full_property(place, X.AnyPropertyType)
                return bytes(found.value) if found else b""
        return b""

    def _events(self, seconds: float | None) -> Iterator[Any]:
        """Yield what the server tells, for *seconds* (None: for ever)."""
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            while self._connection.pending_events():
                yield self._connection.next_event()
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                return
            select.select([self._connection], [], [], left)

    def _answer(self, request: Any) -> None:
        from Xlib import X
        from Xlib.protocol.event import SelectionNotify

        served = self._served.get(request.target)
        place = request.property or request.target  # old programs name none
        if served:
            request.requestor.change_property(place, *served)
        request.requestor.send_event(
            SelectionNotify(
                time=request.time,
                requestor=request.requestor,
                selection=request.selection,
                target=request.target,
                property=place if served else X.NONE,
            )
        )
        self._connection.flush()
