"""Other tools that switch: what each can be asked to do here, offline, against the embedded portal."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator

from measuring import Task, process
from world import World

# Each signs in by itself, and keeps what it gets in the system's keyring, which no measurement should touch.
_OWN_LOGIN = "it wants a login and a keyring of its own, so it can't share the one that is measured here"
_FOUND_ONLY = {"assume": _OWN_LOGIN, "granted": _OWN_LOGIN, "aws-sso": _OWN_LOGIN, "aws-vault": _OWN_LOGIN}


def tasks(profile: str, world: World) -> Iterator[Task | str]:
    """Yield a task for each tool that can make the switch to *profile*, else a sentence that says why it can't."""
    for command in world.peers:
        yield Task(f"`{command}`", process(shlex.split(command), world.environ, world.user.home))
    if shutil.which("awsumepy"):
        if world.aws:
            yield _awsume(profile, world)
        else:
            yield "awsumepy was found, but not measured: it needs the AWS CLI to get keys from an SSO profile."
    for name, reason in _FOUND_ONLY.items():
        if shutil.which(name):
            yield f"{name} was found, but not measured: {reason}. If you can set it up, give its command with --peer."


def _awsume(profile: str, world: World) -> Task:
    """Return what the shell function of awsume runs; it knows no SSO, so the AWS CLI gets the keys for it."""
    config = world.folder / "awsume"
    command = f"{shlex.quote(world.aws or '')} configure export-credentials --profile {profile}"
    config.write_text(f"{world.user.config.read_text()}\n[profile by-process]\ncredential_process = {command}\n")
    environ = {**world.environ, "AWS_CONFIG_FILE": str(config)}
    run = process(["awsumepy", "by-process"], environ, world.user.home)
    return Task("`awsumepy`, by `credential_process` of the AWS CLI", run)
