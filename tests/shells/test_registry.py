"""The registry of shells, the form of a snippet, detection, set-up files, and the data files."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from ssoenv import shells
from ssoenv.environment import Change
from ssoenv.errors import ConfigError, UsageError
from ssoenv.shells import SHELLS

CHECKOUT = Path(__file__).parents[2]

# --- registry --------------------------------------------------------------------------------------------------------


def test_registry_names() -> None:
    """The shells are those that the README lists, each under its own name."""
    expected = ["sh", "bash", "zsh", "fish", "powershell", "cmd", "nushell", "tcsh", "xonsh", "elvish"]
    assert [(name, shell.name) for name, shell in SHELLS.items()] == [(name, name) for name in expected]


@pytest.mark.parametrize(
    ("alias", "name"),
    [("pwsh", "powershell"), ("dash", "sh"), ("ash", "sh"), ("ksh", "sh"), ("nu", "nushell"), ("csh", "tcsh")],
)
def test_aliases(alias: str, name: str) -> None:
    """A shell is found by the names that people and process lists use."""
    assert shells.find(alias) is SHELLS[name]


def test_no_word_names_two_shells() -> None:
    """Names and aliases are each used once."""
    words = [word for shell in SHELLS.values() for word in (shell.name, *shell.aliases)]
    assert len(words) == len(set(words))


def test_unknown_shell_lists_the_choices() -> None:
    """An unknown shell is a usage error that lists all there are."""
    with pytest.raises(UsageError) as error:
        shells.find("Bash")
    assert "Bash" in error.value.sentence
    assert all(name in error.value.cure for name in SHELLS)


def test_a_wrapper_can_be_set_up() -> None:
    """Exactly the shells that have a wrapper say where its line goes, and have a completion."""
    for shell in SHELLS.values():
        assert (shell.wrapper is None) == (shell.install is None) == (shell.completion is None)


# --- snippet ---------------------------------------------------------------------------------------------------------

CHANGE = Change({"AWS_REGION": "it's", "AWS_PROFILE": None, "SSOENV_SET": "AWS_REGION", "AWS_ROLE_ARN": None}, 17.9)
SNIPPETS = {
    "sh": (
        "# ssoenv/1 17",
        "unset -v AWS_PROFILE AWS_ROLE_ARN",
        r"export AWS_REGION='it'\''s'",
        "export SSOENV_SET='AWS_REGION'",
        "# ssoenv/end",
    ),
    "bash": (
        "# ssoenv/1 17",
        "builtin unset -v AWS_PROFILE AWS_ROLE_ARN",
        r"builtin export AWS_REGION='it'\''s'",
        "builtin export SSOENV_SET='AWS_REGION'",
        "# ssoenv/end",
    ),
    "fish": (
        "# ssoenv/1 17",
        "set -eg AWS_PROFILE AWS_ROLE_ARN; true",
        r"set -gx AWS_REGION 'it\'s'",
        "set -gx SSOENV_SET 'AWS_REGION'",
        "# ssoenv/end",
    ),
    "powershell": (
        "# ssoenv/1 17",
        "$env:AWS_PROFILE = $null",
        "$env:AWS_ROLE_ARN = $null",
        "$env:AWS_REGION = 'it''s'",
        "$env:SSOENV_SET = 'AWS_REGION'",
        "# ssoenv/end",
    ),
    "cmd": (
        "@rem ssoenv/1 17",
        '@set "AWS_PROFILE="',
        '@set "AWS_ROLE_ARN="',
        '@set "AWS_REGION=it\'s"',
        '@set "SSOENV_SET=AWS_REGION"',
        "@rem ssoenv/end",
    ),
    "nushell": (
        "# ssoenv/1 17",
        "hide-env -i AWS_PROFILE",
        "hide-env -i AWS_ROLE_ARN",
        'load-env {"AWS_REGION": "it\'s"}',
        'load-env {"SSOENV_SET": "AWS_REGION"}',
        "# ssoenv/end",
    ),
    "tcsh": (
        ": ssoenv/1 17;",
        "unsetenv AWS_PROFILE;",
        "unsetenv AWS_ROLE_ARN;",
        r"setenv AWS_REGION 'it'\''s';",
        "setenv SSOENV_SET 'AWS_REGION';",
        ": ssoenv/end;",
    ),
    "xonsh": (
        "# ssoenv/1 17",
        "${...}.pop('AWS_PROFILE', None)",
        "${...}.pop('AWS_ROLE_ARN', None)",
        '$AWS_REGION = "it\'s"',
        "$SSOENV_SET = 'AWS_REGION'",
        "# ssoenv/end",
    ),
    "elvish": (
        "# ssoenv/1 17",
        "unset-env AWS_PROFILE",
        "unset-env AWS_ROLE_ARN",
        "set-env AWS_REGION 'it''s'",
        "set-env SSOENV_SET 'AWS_REGION'",
        "# ssoenv/end",
    ),
}
SNIPPETS["zsh"] = SNIPPETS["bash"]


@pytest.mark.parametrize("name", SHELLS)
def test_the_form_of_a_snippet(name: str) -> None:
    """The version and the expiration, removals, assignments, the end mark: the form that the wrappers check."""
    assert shells.snippet(CHANGE, SHELLS[name]) == "\n".join(SNIPPETS[name]) + "\n"


def test_a_snippet_without_expiration() -> None:
    """Where there are no credentials the expiration is written as 0."""
    assert shells.snippet(CHANGE._replace(expiration=None), SHELLS["bash"]).startswith("# ssoenv/1 0\n")


@pytest.mark.parametrize(
    ("shell", "value"),
    [("cmd", ""), ("cmd", 'a"b'), ("cmd", "Prüfung"), ("cmd", "A" * 8200), ("tcsh", "Prüfung")],
)
def test_refuses_what_a_shell_cannot_be_handed(shell: str, value: str) -> None:
    """Some values have no safe form in a shell: the variable is named, the value not shown."""
    with pytest.raises(ConfigError) as error:
        shells.snippet(Change({"AWS_SSO_PROFILE": value}, None), SHELLS[shell])
    assert str(error.value).startswith(f"AWS_SSO_PROFILE can't be set: {shell} ")
    assert not value or value not in str(error.value)


@pytest.mark.parametrize(
    "name",
    ["PATH", "AWS_", "SSOENV_", "aws_region", "AWS_a", "AWS_X\n", "AWS_X=1", "AWS_X Y", "A[$(x)]", "XAWS_X", "AWS_É"],
)
@pytest.mark.parametrize("value", ["x", None])
def test_foreign_names_are_never_written(name: str, value: str | None) -> None:
    """A change that touches another variable than AWS_* and SSOENV_* is an error in the program itself."""
    with pytest.raises(ValueError, match="must not touch"):
        shells.snippet(Change({name: value}, None), SHELLS["bash"])


# --- detection -------------------------------------------------------------------------------------------------------

_DETECT = "import os; from ssoenv import shells; print('detected', shells.detect(os.environ).name)"


def _detected(command: list[str], **environ: str) -> str:
    """Return what `detect` prints when *command* runs it, or the error."""
    done = subprocess.run(
        command, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(CHECKOUT), **environ}, capture_output=True, text=True
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


@pytest.fixture
def child(tmp_path: Path) -> str:
    """Return a line, good in any shell, that detects the shell it is run by."""
    script = tmp_path / "detect.py"
    script.write_text(_DETECT)
    return f"{sys.executable} {script}"


def _shell_program(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"{name} is not installed")


@pytest.mark.parametrize(
    ("program", "name"),
    [("bash", "bash"), ("dash", "sh"), ("zsh", "zsh"), ("fish", "fish"), ("tcsh", "tcsh"), ("elvish", "elvish")],
)
def test_the_nearest_shell_is_detected(program: str, name: str, child: str, tmp_path: Path) -> None:
    """The shell is the one that runs the program, whatever SHELL says."""
    script = tmp_path / "script"
    script.write_text(f"{child}\ntrue\n" if name != "elvish" else f"{child}\n")
    assert _detected([_shell_program(program), str(script)], SHELL="/bin/other") == f"detected {name}"


@pytest.mark.parametrize("command", ["busybox sh", "ksh93", "mksh", "yash"])
def test_other_heirs_of_sh_are_detected(command: str, child: str, tmp_path: Path) -> None:
    """A script of one of them gets no snippet of the shell that started it, also where that is bash."""
    script = tmp_path / "script"
    script.write_text(f"{child}\ntrue\n")
    program, *words = command.split()
    start = shlex.join([_shell_program(program), *words, str(script)])
    assert _detected(["bash", "-c", f"{start}; true"]) == "detected sh"


def test_a_login_shell_is_detected_by_its_own_name(child: str) -> None:
    """A login shell, whose process is called -zsh, is what it is, and not the user's default shell."""
    line = f'exec -a -zsh {_shell_program("zsh")} -f -c "{child}; true"'
    assert _detected(["bash", "-c", line], SHELL="/bin/bash") == "detected zsh"


def test_ssoenv_shell_comes_first(child: str) -> None:
    """SSOENV_SHELL is believed before the process tree."""
    assert _detected(["bash", "-c", f"{child}; true"], SSOENV_SHELL="pwsh") == "detected powershell"


def test_an_unknown_ssoenv_shell_is_named(child: str) -> None:
    """SSOENV_SHELL with an unknown shell is an error that names it, and no reason to look elsewhere."""
    with pytest.raises(UsageError, match=r"SSOENV_SHELL is rc\. One of: sh, bash"):
        shells.detect({"SSOENV_SHELL": "rc"})


@pytest.mark.parametrize("fault", [OSError("no ps"), RuntimeError("no way on this system"), "rc"])
def test_detection_never_guesses(fault: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no known shell is found, the choices are listed; SHELL is not asked, and stays as it was."""
    import shellingham

    def detect_shell() -> tuple[str, str]:
        if isinstance(fault, Exception):
            raise fault
        return str(fault), f"/bin/{fault}"

    monkeypatch.setattr(shellingham, "detect_shell", detect_shell)
    monkeypatch.setenv("SHELL", "/bin/bash")
    with pytest.raises(UsageError, match="--shell") as error:
        shells.detect({"SHELL": "/bin/bash"})
    assert all(name in error.value.cure for name in SHELLS)
    assert os.environ["SHELL"] == "/bin/bash"


# --- set-up files ----------------------------------------------------------------------------------------------------

HOME = Path("/home/me")


def _rc_file(name: str, environ: Mapping[str, str] = {}, home: Path = HOME) -> Path:
    install = SHELLS[name].install
    assert install is not None
    return install.rc_file(environ, home)


@pytest.mark.parametrize(
    ("name", "environ", "expected"),
    [
        ("bash", {}, "/home/me/.bashrc"),
        ("zsh", {}, "/home/me/.zshrc"),
        ("zsh", {"ZDOTDIR": "/z"}, "/z/.zshrc"),
        ("zsh", {"ZDOTDIR": ""}, "/home/me/.zshrc"),
        ("fish", {}, "/home/me/.config/fish/conf.d/ssoenv.fish"),
        ("fish", {"XDG_CONFIG_HOME": "/c"}, "/c/fish/conf.d/ssoenv.fish"),
        ("powershell", {}, "/home/me/.config/powershell/profile.ps1"),
        ("nushell", {}, "/home/me/.config/nushell/autoload/ssoenv.nu"),
        ("xonsh", {}, "/home/me/.config/xonsh/rc.d/ssoenv.xsh"),
        ("elvish", {"XDG_CONFIG_HOME": "/c"}, "/c/elvish/rc.elv"),
        ("tcsh", {}, "/home/me/.tcshrc"),
    ],
)
def test_rc_files_on_linux(name: str, environ: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each shell's line goes to the file that it reads at each interactive start."""
    monkeypatch.setattr(sys, "platform", "linux")
    assert _rc_file(name, environ) == Path(expected)


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([], ".bash_profile"),
        ([".bashrc"], ".bash_profile"),
        ([".profile"], ".profile"),
        ([".profile", ".bash_login"], ".bash_login"),
        ([".profile", ".bash_login", ".bash_profile"], ".bash_profile"),
    ],
)
def test_bash_on_macos(there: list[str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS the line goes to the login file that bash reads already, so that none of the user's falls out of use."""
    monkeypatch.setattr(sys, "platform", "darwin")
    for name in there:
        (tmp_path / name).touch()
    assert _rc_file("bash", home=tmp_path) == tmp_path / expected


def test_zsh_is_asked_where_its_files_are(tmp_path: Path) -> None:
    """A ZDOTDIR that is set in .zshenv and not exported counts, whatever else that file prints."""
    if not shutil.which("zsh"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("zsh is not installed")
    (tmp_path / ".zshenv").write_text("echo hello\ntrap 'echo bye' EXIT\nprint() { :; }\nZDOTDIR=$HOME/.zsh\n")
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    assert _rc_file("zsh", environ, tmp_path) == tmp_path / ".zsh" / ".zshrc"


def test_tcsh_keeps_its_one_rc_file(tmp_path: Path) -> None:
    """A user's .cshrc is not put out of use by a new .tcshrc."""
    (tmp_path / ".cshrc").touch()
    assert _rc_file("tcsh", home=tmp_path) == tmp_path / ".cshrc"


@pytest.mark.parametrize(
    ("modules", "folder"),
    [
        (
            r"C:\Users\me\Documents\WindowsPowerShell\Modules;C:\Program Files\WindowsPowerShell\Modules",
            "WindowsPowerShell",
        ),
        (r"C:\Users\me\Documents\PowerShell\Modules;C:\Program Files\WindowsPowerShell\Modules", "PowerShell"),
        ("", "PowerShell"),
    ],
)
def test_powershell_on_windows(modules: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows the line goes to the profile of the version at work, 5.1 or 7."""
    monkeypatch.setattr(sys, "platform", "win32")
    assert _rc_file("powershell", {"PSModulePath": modules}).parts[-3:] == ("Documents", folder, "profile.ps1")


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "pwsh"])
@pytest.mark.parametrize("is_there", [True, False], ids=["file", "no-file"])
def test_the_line_that_loads_a_wrapper(name: str, tmp_path: Path, *, is_there: bool) -> None:
    """A wrapper is read from its file, whatever the path looks like; if an update has moved it, from the program."""
    program = os.environ.get("SSOENV_TEST_PWSH", "") if name == "pwsh" else ""
    program = program or _shell_program(name)
    folder = tmp_path / "it's {a} $(b) `c` ’; d"
    folder.mkdir()
    wrapper = folder / "wrapper.ps1"  # PowerShell insists on how the name ends
    if is_there:
        wrapper.write_text("/bin/echo 'from the file'\n")
    stand_in = tmp_path / "ssoenv"
    stand_in.write_text("#!/bin/sh\necho /bin/echo \"'$*'\"\n")
    stand_in.chmod(0o755)
    shell = shells.find(name)
    words = ["-NoProfile", "-Command"] if name == "pwsh" else ["-c"]
    done = subprocess.run(
        [program, *words, shell.load_line(wrapper)],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("from the file" if is_there else f"init {shell.name}", "")


def test_the_line_for_a_shell_that_reads_another_encoding() -> None:
    """Windows PowerShell 5.1 reads an rc file in another code page, where UTF-8 may hold a quote: it gets ASCII."""
    line = SHELLS["powershell"].load_line(Path("/Жанна's/😀.ps1"))
    assert line.isascii()
    assert line.startswith("if (Test-Path -LiteralPath (-join ('/', [char]0x0416, ")
    assert """[char]0x0430, '''s/', [char]0xd83d, [char]0xde00, '.ps1'))) {""" in line


@pytest.mark.parametrize("path", [None, Path("/a\nb/w")])
def test_the_line_where_no_path_serves(path: Path | None) -> None:
    """Where there is no path, or one that a line can't hold, the program prints the wrapper."""
    assert SHELLS["bash"].load_line(path) == 'eval "$(ssoenv init bash)"'


def test_the_line_where_one_can_not_ask_the_program() -> None:
    """What nushell can't do in one line is an error that says what to type instead."""
    with pytest.raises(UsageError, match=r"source ~/\.ssoenv\.nu"):
        SHELLS["nushell"].load_line(None)


def test_a_path_that_the_shell_can_not_say() -> None:
    """A path that can't be quoted is not written: the program prints the wrapper."""
    tcsh = SHELLS["tcsh"]
    assert tcsh.install
    assert tcsh.load_line(Path("/home/jürgen/w")) == tcsh.install.init_line


def test_a_shell_without_wrapper_has_no_line() -> None:
    """A shell without wrapper says what to do instead."""
    with pytest.raises(UsageError, match="ssoenv use NAME --shell cmd"):
        SHELLS["cmd"].load_line(None)


# --- data files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        (folder, name)
        for shell in SHELLS.values()
        for folder, name in (("shell", shell.wrapper), ("completions", shell.completion))
        if name
    ],
)
def test_a_checkout_uses_its_own_files(folder: str, name: str) -> None:
    """Each file that the registry names is there, and is the checkout's own."""
    assert shells.data_path(folder, name) == CHECKOUT / folder / name
    assert shells.data(folder, name) == (CHECKOUT / folder / name).read_text("utf-8")


def test_a_wheel_carries_its_files(tmp_path: Path) -> None:
    """In an installed package the files in _data come first."""
    shutil.copytree(CHECKOUT / "ssoenv", tmp_path / "ssoenv")
    for root, text in ((tmp_path, "stranger"), (tmp_path / "ssoenv" / "_data", "ours é")):
        (root / "shell").mkdir(parents=True)
        (root / "shell" / "ssoenv.bash").write_text(text, "utf-8")
    assert _data_of(tmp_path) == f"{tmp_path}/ssoenv/_data/shell/ssoenv.bash ours é"


def test_a_zip_file_carries_its_files(tmp_path: Path) -> None:
    """Inside a zip file the text is found, too; there is no path then."""
    archive = tmp_path / "app.pyz"
    with zipfile.ZipFile(archive, "w") as target:
        for file in (CHECKOUT / "ssoenv").rglob("*.py"):
            target.write(file, file.relative_to(CHECKOUT))
        target.writestr("ssoenv/_data/shell/ssoenv.bash", "ours é")
    assert _data_of(archive) == "None ours é"


def _data_of(root: Path) -> str:
    words = "'shell', 'ssoenv.bash'"
    code = f"from ssoenv import shells; print(shells.data_path({words}), shells.data({words}))"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        env={"PYTHONPATH": str(root)},
        cwd=root.parent,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
