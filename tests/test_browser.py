"""Whether there is a browser, which one, and how it is started: with real programs and real sockets."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import nullcontext

import pytest

from ssoenv import browser
from ssoenv.errors import UsageError

LINK = "https://oidc.eu-central-1.amazonaws.com/authorize?response_type=code&state=a%20b"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the signs of a Linux machine")


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A desktop: not in a container, a Wayland server that answers, and xdg-open."""
    monkeypatch.setattr(browser, "is_container", lambda environ: bool(environ.get("container")))
    monkeypatch.setattr(browser, "is_wsl", lambda environ: bool(environ.get("WSL_DISTRO_NAME")))
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "xdg-open")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-0"))
        server.listen()
        yield {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-0", "PATH": str(tmp_path)}


def program(folder, name, status=0, keep_running=False):
    """Make a browser that notes its words and its environment."""
    path = folder / name
    path.write_text(
        f"#!/bin/sh\nprintf '%s\\n' \"$@\" >{folder}/{name}.words\n/usr/bin/env >{folder}/{name}.env\n"
        f"echo noise; echo noise >&2\n{'exec /bin/sleep 5' if keep_running else f'exit {status}'}\n"
    )
    path.chmod(0o755)
    return path


def words(folder, name):
    return (folder / f"{name}.words").read_text().splitlines()


def test_a_desktop_has_a_browser(desk, tmp_path):
    """With a display that answers, the system's launcher gets the link as one word."""
    assert browser.is_here(desk)
    assert browser.open_browser(LINK, desk)
    assert words(tmp_path, "xdg-open") == [LINK]


@pytest.mark.parametrize(
    "sign",
    [
        {"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"},
        {"SSH_TTY": "/dev/pts/1"},
        {"CODESPACES": "true"},
        {"REMOTE_CONTAINERS": "true"},
        {"container": "podman"},
    ],
    ids=lambda sign: next(iter(sign)),
)
def test_elsewhere_there_is_none(desk, tmp_path, sign):
    """Over SSH and in containers no browser is known; with BROWSER one is opened, but it is not on this machine."""
    assert not browser.can_open(desk | sign)
    assert not browser.is_here(desk | sign)
    helper = program(tmp_path, "helper")
    assert browser.open_browser(LINK, desk | sign | {"BROWSER": str(helper)})
    assert words(tmp_path, "helper") == [LINK]
    assert not browser.is_here(desk | sign | {"BROWSER": str(helper)})


def test_wsl_opens_the_browser_of_windows(desk, tmp_path):
    """In WSL the browser is another machine's, as far as 127.0.0.1 goes."""
    wsl = desk | {"WSL_DISTRO_NAME": "Debian"}
    assert not browser.can_open(wsl)
    program(tmp_path, "wslview")
    assert browser.can_open(wsl)
    assert not browser.is_here(wsl)


@pytest.mark.parametrize(
    "environ",
    [{}, {"DISPLAY": ":77"}, {"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": "/nowhere"}, {"DISPLAY": "far:0"}],
)
def test_a_dead_display_is_none(desk, environ):
    """Variables left over from another session open nothing, and say so."""
    assert not browser.can_open({"PATH": desk["PATH"], **environ})
    assert not browser.open_browser(LINK, {"PATH": desk["PATH"], **environ})


def test_the_users_browser_comes_first(desk, tmp_path):
    """Of BROWSER's list the first that is installed is taken, with its own words; %s stands for the link."""
    program(tmp_path, "mine")
    chosen = desk | {"BROWSER": f"missing{os.pathsep}mine --new-window %s --fast"}
    assert browser.is_here(chosen)
    assert browser.open_browser(LINK, chosen)
    assert words(tmp_path, "mine") == ["--new-window", LINK, "--fast"]


@pytest.mark.parametrize("value", ["missing", "'unbalanced"])
def test_no_other_browser_than_the_users(desk, value):
    """Where BROWSER can't be run, no other is opened behind the user's back."""
    assert not browser.can_open(desk | {"BROWSER": value})


def test_a_path_with_a_blank_is_one_word(desk, tmp_path):
    """A program's whole path needs no quotes."""
    program(tmp_path, "my browser")
    assert browser.find(str(tmp_path / "my browser")) == [str(tmp_path / "my browser")]
    assert browser.find("xdg-open -P 'a b'") == ["xdg-open", "-P", "a b"]
    with pytest.raises(UsageError, match="There is no browser nosuch"):
        browser.find("nosuch")


def test_a_browser_that_fails_at_once_was_not_opened(desk, tmp_path):
    """A launcher's failure is noticed; a browser that stays is a success, and not waited for."""
    program(tmp_path, "broken", status=3)
    program(tmp_path, "staying", keep_running=True)
    assert not browser.open_browser(LINK, desk | {"BROWSER": "broken"})
    assert browser.open_browser(LINK, desk | {"BROWSER": "staying"})


def test_it_writes_nothing_to_our_streams(desk, capfd):
    """What a browser prints would be evaluated by the shell that captures our stdout."""
    assert browser.open_browser(LINK, desk)
    assert capfd.readouterr() == ("", "")


def test_it_gets_no_keys(desk, tmp_path):
    """A browser lives for days; the keys of the shell that opened it are not in its environment."""
    assert browser.open_browser(LINK, desk | {"AWS_SECRET_ACCESS_KEY": "a-secret", "AWS_PROFILE": "dev", "LANG": "C"})
    seen = (tmp_path / "xdg-open.env").read_text()
    assert "LANG=C" in seen
    assert "AWS_" not in seen


@pytest.mark.parametrize(
    "link",
    [
        *("javascript:alert(1)", "file:///etc/passwd", "--load-extension=/tmp/x", "-P", ""),
        *("http://127.0.0.1.evil.example/", "http://localhost@evil.example/", "http://evil.example/"),
        *("https://a b", "https://a\nb", "https://a/\u202e", " https://a"),
    ],
)
def test_other_links_are_not_opened(desk, tmp_path, link):
    """Only https and this machine's own pages; never an option, a file or a script."""
    assert not browser.is_openable(link)
    assert not browser.open_browser(link, desk)
    assert not (tmp_path / "xdg-open.words").exists()


@pytest.mark.parametrize("name", ["chromium", "google-chrome-stable", "msedge.exe", "Brave-Browser"])
def test_chromium_apart(desk, tmp_path, name):
    """Chromium and its kin take a folder of their own, in front of the user's own words."""
    program(tmp_path, name)
    folder = tmp_path / "browsers" / "one"
    assert browser.start_apart([str(tmp_path / name), "--app=%s", "%s"], LINK, "dev", folder, desk)
    own = [f"--user-data-dir={folder}", "--no-first-run", "--no-default-browser-check"]
    assert words(tmp_path, name) == [*own, "--app=%s", LINK]


def test_firefox_apart(desk, tmp_path):
    """Firefox takes the name of a container and the link, each encoded whole; no folder is made."""
    program(tmp_path, "firefox-esr")
    assert browser.start_apart(["firefox-esr"], LINK, "R&D prod=é", tmp_path / "one", desk)
    assert words(tmp_path, "firefox-esr") == [
        "ext+container:name=R%26D%20prod%3D%C3%A9&url=https%3A%2F%2Foidc.eu-central-1.amazonaws.com%2Fauthorize"
        "%3Fresponse_type%3Dcode%26state%3Da%2520b"
    ]
    assert not (tmp_path / "one").exists()


def test_application_of_macos_apart(monkeypatch, tmp_path):
    """On macOS a new instance is opened, as the one that runs would not look at the options."""
    commands = []
    monkeypatch.setattr(browser, "_run", lambda command, environ: commands.append(command) or True)
    assert browser.start_apart(["open", "-a", "Google Chrome"], LINK, "dev", tmp_path / "one", {})
    own = [f"--user-data-dir={tmp_path / 'one'}", "--no-first-run", "--no-default-browser-check"]
    assert commands == [["open", "-n", "-a", "Google Chrome", "--args", *own, LINK]]


@pytest.mark.parametrize(("name", "link"), [("epiphany", LINK), ("chromium", "--load-extension=/tmp/x")])
def test_not_apart(desk, tmp_path, name, link):
    """Another browser is refused, and what is no link is not opened."""
    program(tmp_path, name)
    with pytest.raises(UsageError, match="epiphany") if link == LINK else nullcontext():
        assert not browser.start_apart([name], link, "dev", tmp_path / "one", desk)
    assert not (tmp_path / f"{name}.words").exists()


def test_browser_that_keeps_apart(desk, tmp_path):
    """The user's own is taken if it is one, else one that is installed."""
    with pytest.raises(UsageError, match="Neither Chromium nor Firefox"):
        browser.find_separable(desk)
    program(tmp_path, "chromium")
    program(tmp_path, "firefox")
    assert browser.find_separable(desk) == [str(tmp_path / "chromium")]
    assert browser.find_separable(desk | {"BROWSER": "firefox -P work"}) == ["firefox", "-P", "work"]
    assert browser.find_separable(desk | {"BROWSER": "xdg-open"}) == [str(tmp_path / "chromium")]
