"""The files that show a child some profiles, and nothing else of the user's."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ssoenv import credentials, environment, files, generate
from ssoenv.aws import config, credential_process
from ssoenv.aws.edit import Draft, Section
from ssoenv.context import Context
from ssoenv.environment import Change
from ssoenv.errors import ConfigError, UsageError
from ssoenv.targets import Target

# What of a profile of the user's goes along: how services are reached and answers shown, not who one is.
_KEPT = ("output", "ca_bundle", "use_fips_endpoint", "use_dualstack_endpoint")


def named(words: Sequence[str], find: Callable[[str], Target]) -> dict[str, Target]:
    """Return the target of each profile that a child is to see; each of *words* is ``NAME``, or ``PROFILE=NAME``.

    *find* returns the target that a name means. A word with a slash before the equals sign is the NAME
    ``ACCOUNT/ROLE``: a role may be called ``ops=dev``. Raise UsageError for a profile's name that not every SDK takes,
    or that comes twice.
    """
    shown: dict[str, Target] = {}
    for word in words:
        profile, equals, name = word.partition("=")
        if not equals or "/" in profile:
            profile, name = "", word
        target = find(name)
        profile = profile or target.name
        if not generate.is_safe_name(profile):
            raise UsageError(
                f'"{profile}" can\'t name a profile.', f"Give it a name: --with my-name={shlex.quote(name)}"
            )
        if profile in shown:
            raise UsageError(f"Two profiles would be called {profile}.", f"Name one: --with other={shlex.quote(name)}")
        shown[profile] = target
    return shown


def change_to(shown: Mapping[str, Target], context: Context) -> Change:
    """Return the change for a child that sees *shown* alone: one profile is the one to use, of several none is.

    A program that names none then fails, rather than act in whichever account comes first. The user's region stays
    only where one of several has none.
    """
    of_sso = all(target.session for target in shown.values())
    if len(shown) == 1:
        ((profile, target),) = shown.items()
        return environment.profile_change(profile, target.region, context.environ, of_sso=of_sso)
    change = environment.profile_change(None, None, context.environ, of_sso=of_sso)
    return environment.without_region(change) if all(target.region for target in shown.values()) else change


@contextmanager
def config_files(shown: Mapping[str, Target], context: Context) -> Iterator[dict[str, str]]:
    """Make a config file that holds the profiles *shown*, and an empty credentials file; delete them in the end.

    Yield the variables that name them. No secret is in them: SDKs ask ssoenv for the keys, by ``credential_process``,
    when they need some and whenever these near their end. All is tried once before; raise what that raises. If this
    process is killed they stay, as the child may need them still.
    """
    import shutil

    for target in shown.values():
        credentials.obtain(target, context)
    folder = _new_folder(context)
    try:
        made = Draft(folder / "config", None).edited(_sections(shown, context))
        files.write_private(made.path, made.data)
        files.write_private(folder / "credentials", b"")
        # Without the last one, older SDKs (for Go 1, JavaScript 2) read no config file.
        yield {**config.variables(made.path, folder / "credentials"), "AWS_SDK_LOAD_CONFIG": "1"}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _new_folder(context: Context) -> Path:
    import tempfile

    # In memory, and gone at the latest when the user has logged out.
    runtime = Path(context.environ.get("XDG_RUNTIME_DIR", ""))
    is_usable = runtime.is_absolute() and _is_of_user_alone(runtime) and os.access(runtime, os.W_OK)
    try:
        return Path(tempfile.mkdtemp(prefix="ssoenv-", dir=runtime if is_usable else None))
    except OSError as error:
        fault = f"A folder for the private config file can't be made: {error.strerror}."
        raise ConfigError(fault, "Let TMPDIR name a folder that you can write to.") from error


def _is_of_user_alone(folder: Path) -> bool:
    """Tell whether nobody else can rename what is in *folder*: behind `su` it may be the folder of another user."""
    try:
        status = folder.stat()
    except (OSError, ValueError):
        return False
    return os.name == "nt" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)


def _sections(shown: Mapping[str, Target], context: Context) -> dict[Section, dict[str, str | None]]:
    aws_config = config.load(context)
    sections: dict[Section, dict[str, str | None]] = {}
    for profile, target in shown.items():
        session = target.session
        if session and session.name:
            sections[Section("sso-session", session.name)] = generate.session_settings(session)
        of_user = aws_config.profile_settings(target.profile or "")
        sections[Section("profile", profile)] = {
            "region": target.region,
            **{key: of_user.get(key) for key in _KEPT},
            "credential_process": _credential_process(target, context),
        }
    return sections


def _credential_process(target: Target, context: Context) -> str:
    if target.sso_role:
        return credential_process.line(credential_process.Role.of(*target.sso_role))
    # A profile of another kind leans on what else the user's own files hold.
    if os.name == "nt":
        raise ConfigError(f"On Windows a profile for --with has to be an SSO one; {target.name} is not.")
    own = config.variables(config.file_of(context).absolute(), config.credentials_file_of(context).absolute())
    variables = [f"{name}={path}" for name, path in own.items()]
    return shlex.join(
        ["env", *variables, *credential_process.program(), "credential-process", "--", target.profile or target.name]
    )
