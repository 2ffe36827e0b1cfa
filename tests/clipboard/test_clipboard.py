"""The clipboard: of a real X server and a real Wayland compositor, and at the other end of real terminals."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import pytest
from contexts import context_of
from installed import program
from screen import Screen

from ssoenv import clipboard
from ssoenv.clipboard import x11 as by_x11
from ssoenv.clipboard.helper import HELD
from ssoenv.errors import UsageError
from ssoenv.formats import values

SECRET = "a secret, wJalrXUtnFEMI/K7MDENG and an é"
PATIENCE = 60  # seconds, for a machine that does much else
SECONDS = 5  # how long a secret stays: long enough to be looked at on such a machine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 and Wayland")


def until(happened):
    """Wait until *happened* returns something true, and return that."""
    end = time.monotonic() + PATIENCE
    while not (result := happened()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)
    return result


class Desk:
    """A person with a clipboard, or none, and what was said to them."""

    def __init__(self, folder, paste, **environ):
        self.said = []
        self.settings = folder / "settings.toml"
        self.settings.write_text(f"clipboard_seconds = {SECONDS}\n")
        self._paste = paste
        # Each process that is started for this desk is known by the mark.
        self.environ = {
            **os.environ,
            "SSOENV_CONFIG": str(self.settings),
            "TERM": "dumb",
            "MARK": uuid.uuid4().hex,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            **environ,
        }

    def copy(self, text=SECRET, *, secret=True, **environ):
        clipboard.copy(
            text,
            "the credentials of dev",
            context_of(
                Path.home(),
                environ={**self.environ, **environ},
                settings_file=self.settings,
                terminal=True,
                say=self.said.append,
            ),
            secret=secret,
        )

    def put(self, text):
        """Copy a text of another program's."""
        words = ["wl-copy"] if self._paste[0] == "wl-paste" else ["xclip", "-selection", "clipboard"]
        subprocess.run(words, input=text.encode(), stdout=subprocess.DEVNULL, env=self.environ, check=True)
        until(lambda: self.paste() == text)

    def paste(self, *words):
        """Return what is on the clipboard, None if nothing is."""
        done = subprocess.run([*self._paste, *words], env=self.environ, capture_output=True, check=False)
        return None if done.returncode else done.stdout.decode()

    def helpers(self):
        """Return argv and environment of each process that stays behind, by its id."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words, environ = ((folder / name).read_text(errors="replace") for name in ("cmdline", "environ"))
            except OSError:
                continue
            if self.environ["MARK"] in environ and "ssoenv.clipboard" in words:
                found[int(folder.name)] = words + environ
        return found

    def pastes_until_taken_off(self, *nothing):
        """Return all that could be pasted one after the other, until it is *nothing* of those."""
        seen = []
        until(lambda: seen.append(self.paste()) or seen[-1] in nothing)
        return seen


@pytest.fixture
def start_x(tmp_path):
    """Start X servers, each with no clipboard yet."""
    server, _ = program("Xvfb"), program("xclip")
    started = []

    def start():
        reading, writing = os.pipe()
        child = subprocess.Popen(
            [server, "-displayfd", str(writing), "-screen", "0", "64x64x8", "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        started.append(child)
        os.close(writing)
        with open(reading) as number:  # noqa: PTH123
            display = f":{number.readline().strip()}"
        return child, Desk(tmp_path, ["xclip", "-selection", "clipboard", "-o"], DISPLAY=display)

    yield start
    for child in started:
        child.kill()
        child.wait()


@pytest.fixture
def x11(start_x):
    return start_x()[1]


@pytest.fixture
def wayland(tmp_path):
    """A Wayland desktop without a screen."""
    compositor, _ = program("sway"), program("wl-copy")
    folder = Path(tempfile.mkdtemp())
    (folder / "config").write_text("xwayland disable\n")
    words = [compositor, "-c", str(folder / "config")]
    if os.getuid() == 0:  # it refuses to run as root
        os.chown(folder, 65534, 65534)
        words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", *words]
    settings = {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}
    environ = {**os.environ, **settings, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
    with subprocess.Popen(words, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        (socket,) = until(lambda: [path for path in folder.glob("wayland-*") if path.is_socket()])
        yield Desk(tmp_path, ["wl-paste", "-n"], WAYLAND_DISPLAY=socket.name, XDG_RUNTIME_DIR=str(folder))
        child.kill()
    shutil.rmtree(folder)


def test_a_secret_is_marked_and_taken_off(x11):
    """Each form of text and the mark are served at once; after the set time nothing is left, for managers neither."""
    x11.copy(SECRET + "\n")
    targets = x11.paste("-t", "TARGETS").split()
    for target in ("UTF8_STRING", "text/plain;charset=utf-8", "TIMESTAMP"):
        assert target in targets
    assert x11.paste("-t", "text/plain;charset=utf-8") == SECRET
    assert x11.paste("-t", "x-kde-passwordManagerHint") == "secret"
    assert x11.paste("-t", "STRING") != SECRET  # it holds an é
    ((helper, shown),) = x11.helpers().items()
    assert SECRET not in shown
    assert os.getsid(helper) == helper  # it outlives the terminal
    assert Path(f"/proc/{helper}/cwd").readlink() == Path("/")  # and keeps no disk from being taken out
    assert re.search(r"Max core file size +([01]) +\1 ", Path(f"/proc/{helper}/limits").read_text())
    assert {Path(f"/proc/{helper}/fd/{stream}").readlink() for stream in (1, 2)} == {Path(os.devnull)}
    assert set(x11.pastes_until_taken_off(None)) <= {SECRET, "", None}
    assert x11.said == [f"Copied the credentials of dev. It will be off the clipboard in {SECONDS} s."]
    until(lambda: not x11.helpers())


def test_ascii_is_served_to_old_programs(x11):
    """STRING, and no mark for what is no secret, which stays."""
    x11.copy("https://example.com/", secret=False)
    assert x11.paste("-t", "STRING") == "https://example.com/"
    assert "x-kde-passwordManagerHint" not in x11.paste("-t", "TARGETS").split()
    assert x11.said == ["Copied the credentials of dev."]


@pytest.mark.parametrize("seconds", [0, 1])
def test_what_others_copied_stays(x11, seconds):
    """The process that would take the secret off leaves alone what is something else."""
    x11.settings.write_text(f"clipboard_seconds = {seconds}\n")
    x11.copy()
    assert ("It stays on the clipboard until you copy something else." in x11.said[0]) == (not seconds)
    x11.put("foreign")
    until(lambda: not x11.helpers())
    assert x11.paste() == "foreign"


def test_what_a_manager_took_over_is_taken_off(x11):
    """One that copies the same text itself keeps it on the clipboard no longer than we would have."""
    x11.copy()
    x11.put(SECRET)
    until(lambda: "x-kde-passwordManagerHint" not in x11.paste("-t", "TARGETS").split())
    assert set(x11.pastes_until_taken_off(None)) <= {SECRET, "", None}


def test_a_later_copy_wins(x11, monkeypatch):
    """What another program has copied since is not taken over: the server knows which of two was first."""
    monkeypatch.setenv("DISPLAY", x11.environ["DISPLAY"])
    selection = by_x11._Selection(SECRET, secret=True)
    x11.put("foreign")
    assert not selection.own()
    selection._connection.close()
    assert x11.paste() == "foreign"


def test_a_dead_display_is_an_error(start_x):
    """A server that ends takes the process along; with none there, nothing is said to be done."""
    server, desk = start_x()
    desk.copy()
    server.kill()
    server.wait()
    until(lambda: not desk.helpers())
    nobody = ":59999"  # the number of the one that ended may be another one's by now
    with pytest.raises(UsageError, match=f"no clipboard within reach.* It is {nobody}"):
        desk.copy(DISPLAY=nobody)
    assert len(desk.said) == 1


@pytest.mark.parametrize("foreign", [None, "foreign"])
def test_by_pyperclip(x11, foreign):
    """On WSL and its like the text is taken off only if it is still there; with an X server, pyperclip runs xclip."""
    x11.environ["WSL_DISTRO_NAME"] = "Debian"
    x11.copy(SECRET + "\n")
    assert x11.paste() == SECRET
    if foreign:
        x11.put(foreign)
        until(lambda: not x11.helpers())
        assert x11.paste() == foreign
    else:
        assert set(x11.pastes_until_taken_off(" ")) <= {SECRET, " "}


@pytest.fixture
def by_xclip(x11, tmp_path):
    """WSL, as it were, where the command that is given reads the clipboard; it is the rest of a shell's line."""

    def set_up(paste):
        fake = tmp_path / "bin" / "xclip"
        fake.parent.mkdir()
        fake.write_text(f'#!/bin/sh\ncase $* in *-o) {paste};; *) exec {program("xclip")} "$@"; esac\n')
        fake.chmod(0o700)
        return {"WSL_DISTRO_NAME": "Debian", "PATH": f"{fake.parent}:{x11.environ['PATH']}"}

    return set_up


@pytest.mark.parametrize("paste", ["echo another", "printf '\\377'"])
def test_pyperclip_can_not_tell(x11, by_xclip, paste):
    """Where the text may be on the clipboard or not, it is an error, and off it."""
    with pytest.raises(UsageError, match="no clipboard within reach"):
        x11.copy(**by_xclip(paste))
    assert x11.paste() == " "
    assert x11.said == []


def test_pyperclip_ends_lines_otherwise(x11, by_xclip):
    """As Windows may. It is the same text, at first and when it is taken off."""
    environ = by_xclip(f"{program('xclip')} \"$@\" | sed 's/$/\\r/'")
    x11.copy("one\ntwo", **environ)
    assert x11.paste() == "one\ntwo"
    assert x11.pastes_until_taken_off(" ")


_ORDER = json.dumps({"text": SECRET, "seconds": 1, "secret": True}).encode()
# The process that stays behind, for whom what takes longer than it takes to get there is a long time; its farewell is
# long enough to be seen.
_IMPATIENT = f"""
from ssoenv.clipboard import __main__ as it, x11
it._PATIENCE = x11._FAREWELL = {SECONDS}
it.main()
"""


def answer_of_impatient(environ):
    words = [sys.executable, "-c", _IMPATIENT]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.run(words, input=_ORDER, **streams, env=environ, timeout=50, check=False).stdout


def test_pyperclip_takes_too_long(x11, by_xclip, tmp_path):
    """Then nobody waits any longer, and the text is off the clipboard."""
    environ = by_xclip(f"echo $$ >{tmp_path}/slow; exec sleep 60")
    assert answer_of_impatient({**x11.environ, **environ}) == b""
    os.kill(int((tmp_path / "slow").read_text()), signal.SIGKILL)
    assert x11.paste() == " "


def test_wayland_takes_too_long(wayland, tmp_path):
    """Nor then."""
    (tmp_path / "wl-paste").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "wl-paste").chmod(0o700)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    assert answer_of_impatient({**wayland.environ, "PATH": path}) == b""
    assert wayland.paste() == ""


def test_a_text_that_is_there_is_held_for_its_time(x11):
    """How long it may take to get there is no limit for how long it stays. It is empty before there is none.

    A manager that fills a clipboard without an owner knows its last text, which is empty.
    """
    order = _ORDER.replace(b'"seconds": 1', f'"seconds": {SECONDS + 1}'.encode())
    words = [sys.executable, "-c", _IMPATIENT]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=x11.environ) as helper:
        helper.stdin.write(order)
        helper.stdin.close()
        assert helper.stdout.read() == HELD
        assert x11.pastes_until_taken_off(None)[-2:] == ["", None]  # it was taken off, and not lost
        assert helper.wait(PATIENCE) == 0


def test_who_asked_was_stopped(x11):
    """By Ctrl-C, say, before the answer: the text is taken off in time all the same."""
    words = [sys.executable, "-m", "ssoenv.clipboard"]
    environ = {**x11.environ, "WSL_DISTRO_NAME": "Debian"}
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ) as helper:
        helper.stdout.close()
        helper.stdin.write(_ORDER)
        helper.stdin.close()
        assert helper.wait(PATIENCE) == 0
    assert x11.paste() == " "


@pytest.mark.parametrize("foreign", [None, "foreign", SECRET])
def test_on_wayland(wayland, foreign):
    """A secret is taken off after the set time, also by whom else it was copied; what is something else stays."""
    wayland.copy(SECRET + "\n")
    assert wayland.paste() == SECRET
    if foreign:
        wayland.put(foreign)
    if foreign == "foreign":
        until(lambda: not wayland.helpers())
        assert wayland.paste() == foreign
    else:
        assert set(wayland.pastes_until_taken_off("")) <= {SECRET, ""}


@pytest.mark.parametrize("newer", ["--sensitive", ""])
def test_what_wl_copy_is_told(tmp_path, newer):
    """A secret is marked, where it has the option, and its file is kept in memory; a link is no secret."""
    for name, lines in {
        "wl-copy": f'[ "$*" = --help ] && exec echo {newer}; echo "$TMPDIR $*" >>$0.calls; cat >$0.text',
        "wl-paste": "cat ${0%/*}/wl-copy.text",
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{lines}\n")
        (tmp_path / name).chmod(0o700)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    desk = Desk(tmp_path, [], WAYLAND_DISPLAY="wayland-0", XDG_RUNTIME_DIR="/run/user/7", PATH=path)
    desk.settings.write_text("clipboard_seconds = 0\n")
    for secret in (True, False):
        desk.copy(secret=secret)
    words = "/run/user/7 --type text/plain --foreground"
    calls = [f"{words} {newer}".rstrip(), words]
    until(lambda: (tmp_path / "wl-copy.calls").read_text().splitlines() == calls)  # the second one may begin yet
    until(lambda: (tmp_path / "wl-copy.text").read_text() == SECRET)


@pytest.mark.parametrize(
    ("environ", "cure"),
    [
        ({}, "Leave out --copy."),
        ({"WAYLAND_DISPLAY": "wayland-0", "PATH": "/nowhere", "DISPLAY": ":0"}, "Install wl-clipboard."),
        ({"TMUX": "/nowhere,1,0"}, "tmux 3.2"),
        ({"SSH_TTY": "/dev/pts/0"}, "Leave out --copy."),
        ({"STY": "1.pts-0"}, "Leave out --copy."),
    ],
)
def test_no_way(tmp_path, environ, cure):
    """Where nothing can take the text, that is an error that says what to do."""
    desk = Desk(tmp_path, [])
    with pytest.raises(UsageError, match=cure):
        desk.copy(**environ)
    assert desk.said == []


def test_too_long(tmp_path):
    """What terminals would drop without a word is refused."""
    with pytest.raises(UsageError, match="too long"):
        Desk(tmp_path, []).copy("x" * 74_995)


# What a person runs at a terminal. It does not hold the text as such: if the screen shows that, it was written there.
_COPY = f"""
import sys
from ssoenv import clipboard
from ssoenv.context import Context
context = Context.system(lambda line: print(line, file=sys.stderr))
clipboard.copy("".join(map(chr, {list(map(ord, SECRET)) * 50})), "the key", context, secret=True)
"""


@pytest.mark.parametrize("kind", ["ssh", "tmux", "screen"])
def test_a_terminal_takes_it(tmp_path, x11, kind):
    """Over SSH, in tmux as it is set up at first, and in screen, the terminal outside gets the text to copy.

    The clipboard of the machine in between stays as it was, no other paste gets the text, and the screen does not show
    it.
    """
    script = tmp_path / "typed.py"
    script.write_text(_COPY)
    environ = {
        name: value for name, value in x11.environ.items() if name not in ("TERM", "MARK", "AWS_SECRET_ACCESS_KEY")
    }
    left = tmp_path / "left"
    words = {
        "ssh": [sys.executable, str(script)],
        "tmux": [program("tmux"), "-S", str(tmp_path / "tmux"), "-f", "/dev/null", "new-session"],
        "screen": [program("screen"), "-c", "/dev/null", sys.executable, str(script)],
    }[kind]
    if kind == "tmux":
        words.append(f"{sys.executable} {script}; tmux list-buffers >{left}")
    else:
        left.touch()
    terminal = Screen(words, {**environ, "SSH_TTY": "/dev/pts/0"})
    assert terminal.finish() == 0, terminal.lines
    (found,) = re.findall(rb"\x1b\]52;c?;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)", terminal.sent)
    assert base64.b64decode(found).decode() == SECRET * 50
    assert SECRET.encode() not in terminal.sent
    assert left.read_text() == ""
    assert x11.paste() is None
    if kind == "ssh":
        assert terminal.lines[0].startswith("Sent the key to your terminal's clipboard.")
        assert found[:40].decode() not in "".join(terminal.lines)


@pytest.mark.parametrize("kind", ["linux", "dumb"])
def test_a_terminal_that_would_show_it(tmp_path, kind):
    """The system's own console, say, writes out what it does not know: it gets no secret, and that is an error."""
    script = tmp_path / "typed.py"
    script.write_text(_COPY)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": kind, "SSH_TTY": "/dev/pts/0"}
    terminal = Screen([sys.executable, str(script)], environ)
    assert terminal.finish() == 1
    assert b"There is no clipboard within reach" in terminal.sent
    assert b"]52" not in terminal.sent


@pytest.mark.parametrize("inside", [{"TMUX_PANE": "%0"}, {}], ids=["pane", "popup"])
def test_tmux_sends_to_its_own_session(tmp_path, inside):
    """One that nobody is attached to has no clipboard: that is an error, and neither tmux nor another session gets it.

    Of several sessions with a terminal, the one of this pane gets it.
    """
    tmux = [program("tmux"), "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]
    subprocess.run([*tmux, "new-session", "-d", "-s", "ours", "cat"], check=True)
    desk = Desk(tmp_path, [], TMUX=f"{tmp_path}/tmux,1,0", **inside)
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    try:
        theirs = Screen([*tmux, "new-session", "-s", "theirs", "cat"], environ)
        theirs.until(lambda screen: screen.lines[-1].startswith("[theirs]"))
        with pytest.raises(UsageError, match="No terminal is attached to tmux"):
            desk.copy()
        assert desk.said == []
        assert subprocess.run([*tmux, "list-buffers"], capture_output=True, check=True).stdout == b""
        ours = Screen([*tmux, "attach", "-t", "ours"], environ)
        ours.until(lambda screen: screen.lines[-1].startswith("[ours]"))
        theirs.press("typed last")
        theirs.until("typed last")
        desk.copy()
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
    for terminal, times in ((theirs, 0), (ours, 1)):
        terminal.finish()
        assert terminal.sent.count(b"\x1b]52;") == times


def test_login_copies_its_link(user, x11):
    """The link is shown, too; and a shell that captures the output does not wait for the clipboard's next owner."""
    done = user.does("login", "corp", "--copy", environ={"DISPLAY": x11.environ["DISPLAY"]})
    link = x11.paste()
    assert "/device?user_code=" in link
    assert f"  {link}\n" in done.stderr
    assert "Copied the link.\n" in done.stderr


def test_get_copies_and_prints_nothing(logged_in, x11):
    """What is printed without --copy is on the clipboard with it, less the last newline, and nowhere else."""
    printed = logged_in.ssoenv("get", "dev-readonly", "--os", "macos-linux").stdout
    done = logged_in.ssoenv("get", "dev-readonly", "--os", "macos-linux", "--copy", environ=x11.environ)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert x11.paste() + "\n" == printed
    assert "Copied the credentials of dev-readonly." in done.stderr
    assert not any(line.partition("=")[2] in done.stderr for line in printed.splitlines())


@pytest.mark.parametrize("name", values.NAMES)
def test_which_single_values_are_secrets(logged_in, x11, name):
    """The secret key and the token are taken off again; what tells nobody a secret stays."""
    done = logged_in.does("get", "dev-readonly", "--value", name, "--copy", environ=x11.environ)
    is_secret = name in ("secret-access-key", "session-token")
    assert f"Copied the {name} of dev-readonly." in done.stderr
    assert (f"It will be off the clipboard in {SECONDS} s." in done.stderr) == is_secret


def test_a_login_needs_no_clipboard(user):
    """A link that can't be copied can still be read: the login goes on."""
    done = user.does("login", "corp", "--copy")
    assert "ssoenv: There is no clipboard within reach" in done.stderr
