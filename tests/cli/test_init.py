"""`ssoenv init`."""

from __future__ import annotations

import os

import pytest

from ssoenv import shells

RC_FILES = {
    "bash": ".bashrc",
    "zsh": ".zshrc",
    "fish": ".config/fish/conf.d/ssoenv.fish",
    "powershell": ".config/powershell/profile.ps1",
}


@pytest.mark.parametrize("shell", [name for name, shell in shells.SHELLS.items() if shell.wrapper])
def test_prints_the_wrapper(user, shell):
    """The shell function is printed as it lies in shell/."""
    done = user.ssoenv("init", shell)
    assert done.returncode == 0
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
    assert user.ssoenv("init", shell, "--install").returncode == 0
    once = path.read_bytes()
    assert once.startswith(b"# mine\r\nalias x=y\r\n")
    assert once.count(b"by `ssoenv init --install`") == 1
    assert path.stat().st_mode & 0o777 == 0o640
    assert "has the line already" in user.ssoenv("init", shell, "--install").stderr
    assert path.read_bytes() == once
    user.ssoenv("init", shell, "--uninstall")
    assert path.read_bytes() == b"# mine\r\nalias x=y\r\n"


def test_dry_run_shows_the_line_and_writes_nothing(user):
    """--dry-run prints the line that --install would add."""
    done = user.ssoenv("init", "bash", "--install", "--dry-run")
    assert "ssoenv.bash" in done.stdout
    assert not (user.home / ".bashrc").exists()


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


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_read_only_rc_file(user):
    """A folder that can't be written is an error with a cure, and nothing is lost."""
    (user.home / ".bashrc").write_text("# mine\n")
    user.home.chmod(0o500)
    done = user.ssoenv("init", "bash", "--install")
    user.home.chmod(0o700)
    assert done.returncode == 6
    assert (user.home / ".bashrc").read_text() == "# mine\n"


def test_program_that_is_not_on_path(user):
    """The wrapper calls ssoenv by name: a warning says when that can't work."""
    assert "not on PATH" in user.ssoenv("init", "bash", environ={"PATH": "/usr/bin:/bin"}).stderr
