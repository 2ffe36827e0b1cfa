"""``credential_process``: the line by which tools that know nothing of SSO get a role from ssoenv, and the answer.

The line says all that it takes to get credentials: it names no profile, so that none can end up asking itself.
"""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, NamedTuple, Self

from ssoenv.aws.times import format_time
from ssoenv.errors import ConfigError

if TYPE_CHECKING:
    from ssoenv.aws.config import Session
    from ssoenv.aws.roles import Credentials

ACCOUNT_ID = "[0-9]{12}"
ROLE_NAME = r"[\w+=,.@-]{1,64}"
_NAME = f"({ACCOUNT_ID})/({ROLE_NAME})"
_COMMAND = "credential-process"
# cmd.exe, by which some SDKs run the line, takes these out of quotes, or inside of them.
_NOT_FOR_CMD = frozenset('%^&|<>!"')


class Role(NamedTuple):
    """A role, and where one logs in for it: an ``[sso-session]``, or a start URL with its region that has none."""

    account_id: str
    role_name: str
    session: str | None = None
    start_url: str | None = None
    sso_region: str | None = None

    @classmethod
    def of(cls, session: Session, account_id: str, role_name: str) -> Self:
        """Return the role as *session* grants it; a session without a name is told by start URL and region."""
        if session.name is not None:
            return cls(account_id, role_name, session=session.name)
        return cls(account_id, role_name, start_url=session.start_url, sso_region=session.region)


def split_name(name: str) -> tuple[str, str] | None:
    """Return account id and role name of ``ACCOUNT_ID/ROLE``, None if *name* is not of that form."""
    found = re.fullmatch(_NAME, name, re.ASCII)
    return (found[1], found[2]) if found else None


def line(role: Role, platform: str = sys.platform) -> str:
    """Return the line that gives *role*'s credentials, quoted so that SDKs, a shell and cmd.exe take it apart alike.

    Raise ConfigError when something in it can't be quoted so.
    """
    name = f"{role.account_id}/{role.role_name}"
    if not split_name(name):
        raise ConfigError(f'"{name[:100]}" is not an account id and a role name of AWS\'s.', "Leave it out: --role")
    portal = [f"--start-url={role.start_url}", f"--sso-region={role.sso_region}"]
    words = [*program(), _COMMAND, name, *([f"--session={role.session}"] if role.session else portal)]
    if platform != "win32":
        return shlex.join(words)
    import subprocess

    for word in words:
        if not _NOT_FOR_CMD.isdisjoint(word):
            raise ConfigError(f"{word} can't stand in a credential_process on Windows.", "Give it a plain name.")
    return subprocess.list2cmdline(words)


def role_of(text: str, platform: str = sys.platform) -> Role | None:
    """Return the role that the credential_process *text* stands for, None if it is not one that `line` has made."""
    if _COMMAND not in text:
        return None
    try:
        words = _split(text, platform)
    except ValueError:
        return None
    if _COMMAND not in words:
        return None
    place = words.index(_COMMAND)
    name, *rest = words[place + 1 :] or [""]
    is_program = place == 1 and PureWindowsPath(words[0]).stem == "ssoenv"
    options = dict(word.partition("=")[::2] for word in rest)
    found = split_name(name)
    if found is None or not (is_program or words[place - 2 : place] == ["-m", "ssoenv"]):
        return None
    if options.keys() == {"--session"}:
        return Role(*found, session=options["--session"])
    if options.keys() == {"--start-url", "--sso-region"}:
        return Role(*found, start_url=options["--start-url"], sso_region=options["--sso-region"])
    return None


def profile_of_granted(text: str, platform: str = sys.platform) -> str | None:
    """Return the profile whose role the credential_process *text* asks granted for, None if it is another process."""
    if _COMMAND not in text:
        return None
    try:
        program, command, *rest = _split(text, platform)
    except ValueError:
        return None
    if PureWindowsPath(program).stem != "granted" or command != _COMMAND:
        return None
    option, _, name = "=".join(rest).partition("=")
    return name if option == "--profile" and len(rest) <= len(("--profile", "NAME")) else None


def answer(credentials: Credentials) -> dict[str, str | int]:
    """Return *credentials* as the JSON object that SDKs take from a process (AWS: "Sourcing credentials")."""
    values = {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": None if credentials.expiration is None else format_time(credentials.expiration),
        "AccountId": credentials.account_id,
    }
    # The version is a number: botocore refuses the text "1". What is unknown is left out.
    return {"Version": 1, **{name: value for name, value in values.items() if value is not None}}


def program() -> list[str]:
    """Return the words that start this very ssoenv from anywhere."""
    import shutil  # a switch needs none of it

    script = Path(sys.argv[0]).absolute()
    if script.stem == "ssoenv" and (found := shutil.which(str(script))):  # in 3.11 it hands a Path back
        return [found]
    # -P: no module that happens to lie where the process runs may stand in for one of ours.
    return [sys.executable, "-P", "-m", "ssoenv"]


def _split(text: str, platform: str) -> list[str]:
    """Return the words of *text* as botocore's ProcessProvider does."""
    if platform != "win32":
        return shlex.split(text)
    from botocore.compat import compat_shell_split

    words: list[str] = compat_shell_split(text, platform)
    return words
