"""The shelf in each real shell: what an earlier switch has left is taken without a process; on any doubt it is not."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace

import pytest
from probes import counts_children, only
from shelves import LIFE, SHELVING, Shelf

from ssoenv import shells
from ssoenv.environment import Change


@pytest.fixture(params=SHELVING, ids=str)
def probe(request):
    """Each shell that has a shelf, in turn."""
    return request.param


@pytest.fixture
def kept(session):
    """Return the shelf of a session whose program answers each name with another value than the shelf has."""
    session.load()
    for name in ("dev", "prod"):
        change = Change({"AWS_SSO_PROFILE": f"{name} by the program"}, 0)
        session.answer(name, shells.snippet(change, shells.SHELLS[session.probe.shell]))
    return Shelf(session)


def test_takes_it_and_starts_nothing(kept):
    """A switch that is on the shelf is made with no program on PATH; --off brings back what was there before."""
    absent = kept.session.home / ".aws" / "credentials"
    summary = "dev · 123456789011 · ReadOnly · eu-central-1"
    kept.put("dev", summary=summary, needs=kept.config, sources=[absent])
    kept.put("prod")
    session = kept.session
    session.export(AWS_PROFILE="mine")
    path = session.environ["PATH"]
    session.snapshot("before")
    kept.put("long", life=7 * 3600 + 330, summary="long")
    for label, words in {"dev": "dev", "prod": "prod", "back": "-", "long": "long", "off": "--off"}.items():
        session.export(PATH="/nonexistent")
        session.add(f"ssouse {words}")
        session.export(PATH=path)
        session.snapshot(label)
    run = session.run()
    assert [run[label]["AWS_SSO_PROFILE"] for label in ("dev", "prod", "back")] == ["dev", "prod", "dev"]
    assert run["dev"]["AWS_PROFILE"] is None
    assert run["off"].environ == run["before"].environ
    assert run.calls == []
    assert "dev · 123456789011 · ReadOnly · eu-central-1 · 50 min left".encode() in run.stderr
    assert "long · 7 h 5 min left".encode() in run.stderr


@only(lambda probe: probe.shell == "bash")  # fish minds nothing, and zsh ends a script there, whatever it had to say
def test_a_switch_that_nobody_hears(kept):
    """Where what is said of it can't be written, a switch is none the less one."""
    kept.put("dev", summary="dev")
    kept.session.run_line("ssouse dev 2>&-", "after")
    after = kept.session.run()["after"]
    assert (after.status, after["AWS_SSO_PROFILE"]) == (0, "dev")


@counts_children
def test_has_no_children(kept):
    """A switch, one back and one off start nothing, and fork nothing either."""
    kept.put("dev")
    kept.put("prod")
    session = kept.session
    children = session.probe.children
    session.add("ssouse dev", children)
    for words in ("prod", "dev", "-", "--off", "dev"):
        session.add(f"ssouse {words}", children)
    before, *after = session.run().stdout.split()
    assert after == [before] * 5


def _link(kept):
    file = kept.put("dev")
    file.rename(file.with_suffix(".real"))
    file.symlink_to(file.with_suffix(".real"))


def _pipe(kept):
    file = kept.put("dev")
    file.unlink()
    os.mkfifo(file)


def _folder_link(kept):
    kept.put("dev")
    kept.folder.rename(kept.folder.with_name("elsewhere"))
    kept.folder.symlink_to(kept.folder.with_name("elsewhere"))


if hasattr(os, "geteuid") and os.geteuid() == 0:  # only root can give a file or a folder away

    def _foreign_file(kept):
        os.chown(kept.put("dev"), 12345, -1)

    def _foreign_folder(kept):
        kept.put("dev")
        os.chown(kept.folder, 12345, -1)


def _open_folder(kept):
    kept.put("dev")
    kept.folder.chmod(0o770)


def _expires_soon(kept):
    kept.put("dev", life=295)


def _clock_set_back(kept):
    kept.put("dev", now=lambda: time.time() + 60)


# Counted with in 64 bits, each of these two would be a time that is in order.
def _from_a_time_beyond_all_numbers(kept):
    file = kept.put("dev")
    file.write_text(re.sub("# from .*", f"# from {2**64 + 1}", file.read_text()))


def _good_until_a_time_beyond_all_numbers(kept):
    file = kept.put("dev")
    file.write_text(re.sub("ssoenv/1 .*", f"ssoenv/1 {2**64 + int(time.time()) + LIFE}", file.read_text()))


def _config_written_later(kept):
    file = kept.put("dev")
    later = file.stat().st_mtime + 1
    os.utime(kept.config, (later, later))


def _config_written_in_the_same_moment(kept):
    file = kept.put("dev")
    os.utime(kept.config, ns=(file.stat().st_mtime_ns, file.stat().st_mtime_ns))


def _config_put_elsewhere(kept):
    file = kept.put("dev", sources=[kept.config.parent])
    later = file.stat().st_mtime + 1
    os.utime(kept.config.parent, (later, later))


def _config_folder_is_a_link(kept):
    file = kept.put("dev", sources=[kept.config.parent])
    kept.config.parent.rename(kept.session.home / "aws")
    kept.config.parent.symlink_to(kept.session.home / "aws")
    os.utime(kept.config.parent, (1, 1), follow_symlinks=False)
    later = file.stat().st_mtime + 1
    os.utime(kept.session.home / "aws", (later, later))


def _settings_made_later(kept):
    settings = kept.session.home / "settings.toml"
    file = kept.put("dev", sources=[settings])
    settings.touch()
    later = file.stat().st_mtime + 1
    os.utime(settings, (later, later))


def _sources_by_another_name(kept):
    _config_written_later(kept)
    file = next(kept.folder.iterdir())
    written = file.stat().st_mtime_ns
    file.write_text(file.read_text().replace("# newer ", "# older "))
    os.utime(file, ns=(written, written))


def _keys_deleted_elsewhere(kept):
    kept.put("dev", needs=kept.session.home / ".aws" / "cli" / "cache" / "role.json")


def _for_other_words(kept):
    file = kept.put("prod", value="prod")
    file.rename(file.with_name(file.name.replace("prod", "dev")))


def _with_code_in_it(kept):
    file = kept.put("dev", summary="from the shelf")
    file.write_bytes(file.read_bytes().replace(b"# ssoenv/end", b"touch canary\n# ssoenv/end"))


def _with_a_foreign_name_in_it(kept):
    file = kept.put("dev")
    file.write_bytes(file.read_bytes().replace(b"AWS_SSO_PROFILE", b"PATH"))


def _with_a_name_in_small_letters(kept):
    file = kept.put("dev")
    file.write_bytes(file.read_bytes().replace(b"AWS_SSO_PROFILE", b"aws_sso_profile"))


def _with_an_escape_in_what_it_says(kept):
    file = kept.put("dev")
    text = file.read_bytes()
    assert b"# says " in text
    file.write_bytes(text.replace(b"# says ", b"# says \x1b[31m"))


def _none(kept):
    kept.put("dev")


def elsewhere(variable):
    """Return the doubt of a shell in which *variable* names another place."""

    def doubt(kept):
        kept.put("dev")
        kept.session.export(**{variable: "/elsewhere"})

    doubt.__name__ = f"other_{variable}"
    return doubt


_PLACES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "SSOENV_CONFIG")
_DOUBTS = [value for name, value in globals().copy().items() if name.startswith("_") and getattr(value, "__code__", 0)]
_DOUBTS += map(elsewhere, ("HOME", "XDG_CONFIG_HOME", *_PLACES))


def test_doubt(session):
    """What can't be trusted in full is not taken, not even in part: the program is asked."""
    session.load()
    change = Change({"AWS_SSO_PROFILE": "by the program"}, 0)
    session.answer("dev", shells.snippet(change, shells.SHELLS[session.probe.shell]))
    for doubt in _DOUBTS:
        folder = session.folder / doubt.__name__
        home = folder / "home"
        home.mkdir(parents=True)
        places = {"HOME": home, "XDG_CONFIG_HOME": home / ".config", "XDG_RUNTIME_DIR": folder / "run"}
        variables = {name: str(place) for name, place in places.items()}
        session.export(**variables)
        session.add(*(session.probe.unset.format(name=name) for name in _PLACES))
        doubt(Shelf(replace(session, home=home, folder=folder, environ=session.environ | variables)))
        session.run_line("ssouse dev", doubt.__name__)
    run = session.run()
    names = [doubt.__name__ for doubt in _DOUBTS]
    # The control: without a doubt it is taken.
    expected = dict.fromkeys(names, ("by the program", None)) | {"_none": ("dev", "ASIAQNZGKIQY56JQ7WML")}
    assert {name: (run[name]["AWS_SSO_PROFILE"], run[name]["AWS_ACCESS_KEY_ID"]) for name in names} == expected
    assert b"from the shelf" not in run.stderr
    assert len(run.calls) == len(_DOUBTS) - 1
    assert not (session.home / "canary").exists()


def test_truncated(kept):
    """A file that lacks more than its last line break is not taken."""
    names = []
    for end in range(1, 600, 13):
        names.append(f"cut{end}")
        file = kept.put(names[-1])
        file.write_bytes(file.read_bytes()[: -1 - end])
        kept.session.answer(names[-1], "", status=4)
    session = kept.session
    session.add(*(f"ssouse {name}" for name in names))
    session.snapshot("after")
    run = session.run()
    assert [call[-1] for call in run.calls] == names
    assert run["after"]["AWS_SSO_PROFILE"] is None


def test_refused_names_are_never_applied(kept):
    """What a refused snippet names is not what one with nothing in it stands for."""
    _with_a_foreign_name_in_it(kept)
    file = kept.put("empty")
    file.write_bytes(re.sub(rb"\n.*\n# ssoenv/end", b"\n\n# ssoenv/end", file.read_bytes(), flags=re.DOTALL))
    session = kept.session
    session.answer("dev", "", status=4)
    session.answer("empty", "", status=4)
    session.snapshot("before")
    session.add("ssouse dev", "ssouse empty")
    session.snapshot("after")
    run = session.run()
    assert [call[-1] for call in run.calls] == ["dev", "empty"]
    assert run["after"].environ == run["before"].environ


_HOSTILE = [
    *("it's", "a b", "a__c", "$(touch canary)", "`touch canary` now!", "%PATH%"),
    *("Zürich/Rôle", "日本 1", "..2", "*3", "-x?"),
    *("é" * 300, "x" * 300),
]


def test_names(kept):
    """Python and the shell find the same file for each name, however it is written, and each gets its own."""
    session = kept.session
    for name in _HOSTILE:
        kept.put(name)
    for number, name in enumerate(_HOSTILE):
        session.run_line(f"ssouse {session.probe.quote(name)}", str(number))
    run = session.run()
    assert [run[str(number)]["AWS_SSO_PROFILE"] for number in range(len(_HOSTILE))] == _HOSTILE
    assert run.calls == []
    assert not (session.home / "canary").exists()
