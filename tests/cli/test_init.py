"""`ssoenv init`."""

from __future__ import annotations

import os
import re

import pytest

from ssoenv import shells

RC_FILES = {
    "bash": ".bashrc",
    "zsh": ".zshrc",
    "fish": ".config/fish/conf.d/ssoenv.fish",
    "powershell": ".config/powershell/profile.ps1",
    "nushell": ".config/nushell/autoload/ssoenv.nu",
    "xonsh": ".config/xonsh/rc.d/ssoenv.xsh",
    "elvish": ".config/elvish/rc.elv",
    "tcsh": ".tcshrc",
}


@pytest.mark.parametrize("shell", [name for name, shell in shells.SHELLS.items() if shell.wrapper])
def test_prints_the_wrapper(user, shell):
    """The shell function is printed as it lies in shell/."""
    done = user.does("init", shell)
    assert shells.data("shell", shells.SHELLS[shell].wrapper) in done.stdout


def test_shell_without_a_wrapper(user):
    """Where there is none yet, it says so and what works."""
    done = user.ssoenv("init", "cmd")
    assert done.returncode == 2
    assert "ssoenv use NAME --shell cmd" in done.stderr


@pytest.mark.parametrize("shell", RC_FILES)
def test_install_is_one_marked_line_and_comes_out_again(user, shell):
    """--install adds one line, once; --uninstall leaves the file as it was."""
    path = user.home / RC_FILES[shell]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"# mine\r\nalias x=y")
    path.chmod(0o640)
    user.does("init", shell, "--install")
    once = path.read_bytes()
    assert once.startswith(b"# mine\r\nalias x=y\r\n")
    assert once.count(b"by `ssoenv init --install`") == 1
    assert path.stat().st_mode & 0o777 == 0o640
    assert "has the line already" in user.ssoenv("init", shell, "--install").stderr
    assert path.read_bytes() == once
    path.write_bytes(once.replace(b"alias x=y\r\n", b"alias x=y\r\n: older;"))
    assert "updated its line" in user.ssoenv("init", shell, "--install").stderr
    assert path.read_bytes() == once
    user.ssoenv("init", shell, "--uninstall")
    assert path.read_bytes() == b"# mine\r\nalias x=y\r\n"


@pytest.mark.parametrize(
    "before", [b"# caf\xe9\n", b"a\x00b\x0cc\n", b"a\rb\r\n", b"# no  # by `ssoenv init --install` here\n"]
)
def test_no_byte_is_lost(user, before):
    """A file in another charset, with odd characters or words of ours is the same after --install and --uninstall."""
    path = user.home / ".bashrc"
    path.write_bytes(before)
    user.does("init", "bash", "--install")
    assert path.read_bytes().startswith(before)
    user.does("init", "bash", "--uninstall")
    assert path.read_bytes() == before


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_refused(user, encoding):
    """A line in UTF-8 would make rubbish of what Windows PowerShell may have written."""
    path = user.home / RC_FILES["powershell"]
    path.parent.mkdir(parents=True)
    before = "\ufeff# mine\r\n".encode(encoding)
    path.write_bytes(before)
    done = user.ssoenv("init", "powershell", "--install")
    assert done.returncode == 6
    assert "is UTF-16" in done.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize("shell", RC_FILES)
def test_file_that_install_made_goes_again(user, shell):
    """--uninstall leaves no empty file behind, be it after a second --install with a line that has changed."""
    path = user.home / RC_FILES[shell]
    user.ssoenv("init", shell, "--install")
    path.write_bytes(path.read_bytes().replace(b"ssoenv", b"old-ssoenv", 1))
    user.ssoenv("init", shell, "--install")
    assert b"old-ssoenv" not in path.read_bytes()
    user.does("init", shell, "--uninstall")
    assert not path.exists()


@pytest.mark.parametrize("lines", [b"", b"# mine\n"])
def test_file_of_the_users_stays(user, lines):
    """What was there before --install, or came after it, is the user's, even when it is empty."""
    path = user.home / ".zshrc"
    path.write_bytes(lines)
    user.ssoenv("init", "zsh", "--install")
    user.ssoenv("init", "zsh", "--uninstall")
    assert path.read_bytes() == lines
    path.unlink()
    user.ssoenv("init", "zsh", "--install")
    path.write_bytes(path.read_bytes() + b"# mine\n")
    user.ssoenv("init", "zsh", "--uninstall")
    assert path.read_bytes() == b"# mine\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_rc_file_that_is_a_pipe(user):
    """Nobody waits for a pipe."""
    os.mkfifo(user.home / ".bashrc")
    done = user.ssoenv("init", "bash", "--install")
    assert done.returncode == 6
    assert "is a pipe or a device" in done.stderr


def test_dry_run_shows_the_line_and_writes_nothing(user):
    """--dry-run prints the line that --install would add."""
    done = user.ssoenv("init", "bash", "--install", "--dry-run")
    assert "ssoenv.bash" in done.stdout
    assert not (user.home / ".bashrc").exists()
    assert not (user.home / ".cache" / "ssoenv" / "names").exists()


@pytest.mark.parametrize("words", [["bash"], ["bash", "--install"]], ids=" ".join)
def test_tab_knows_the_profiles_at_once(user, words):
    """The profiles that are there can be completed before any other command has been run."""
    user.does("init", *words)
    assert "dev-readonly\t123456789011" in (user.home / ".cache" / "ssoenv" / "names").read_text("utf-8")


def test_linked_rc_file_stays_a_link(user):
    """Where dotfiles are links, the target is edited."""
    target = user.home / "dotfiles" / "bashrc"
    target.parent.mkdir()
    target.write_text("# mine\n")
    link = user.home / ".bashrc"
    link.symlink_to(target)
    user.ssoenv("init", "bash", "--install")
    assert link.is_symlink()
    assert target.read_text().count("\n") == 2


def test_read_only_rc_file(user):
    """A file that is marked so is left alone, even if it could be replaced; the error says what to do."""
    (user.home / ".bashrc").write_text("# mine\n")
    (user.home / ".bashrc").chmod(0o444)
    done = user.ssoenv("init", "bash", "--install")
    assert (done.returncode, (user.home / ".bashrc").read_text()) == (6, "# mine\n")
    assert "is read-only. If a program makes that file, let it write the change, which --dry-run shows." in done.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anything")
def test_read_only_folder(user):
    """A folder that can't be written is an error with a cure, and nothing is lost."""
    (user.home / ".bashrc").write_text("# mine\n")
    user.home.chmod(0o500)
    done = user.ssoenv("init", "bash", "--install")
    user.home.chmod(0o700)
    assert done.returncode == 6
    assert (user.home / ".bashrc").read_text() == "# mine\n"


def test_program_that_is_not_on_path(user):
    """The wrapper calls ssoenv by name: a warning says when that can't work."""
    warning = user.ssoenv("init", "bash", environ={"PATH": "/usr/bin:/bin"}).stderr
    assert re.search(r"not on PATH\. Add /.* to PATH\.", " ".join(warning.split()))


def test_at_a_terminal(user):
    """Whoever only looks at the function is told how to load it."""
    screen = user.at_terminal("init", "bash", columns=200)
    screen.finish()
    here = screen.lines.index('  eval "$(ssoenv init bash)"')
    assert screen.lines[here - 1].endswith("For each new shell: ssoenv init --install. Here:")


def test_cache_that_can_not_be_looked_into(user):
    """It costs no shell its function, nor a word at each start."""
    done = user.ssoenv("init", "bash", environ={"XDG_CACHE_HOME": f"/{'x' * 300}"})
    assert (done.returncode, "itself" in done.stderr) == (0, False)
