"""Other tools that switch: what each can be asked to do here, offline, against the embedded portal.

Those that keep a login have a home of their own here, and a file for a keyring: the system's is never touched. Each is
signed in before it is measured, and has to print a key at each run.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from configparser import ConfigParser
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from measuring import FAILURES, NotMeasured, process
from world import World


@dataclass(frozen=True)
class Peer:
    """A tool's switch. *forget* makes it cold: the tool keeps its login, but no key."""

    name: str
    run: Callable[[], float]
    forget: Callable[[], object] | None = None


def found(profile: str, world: World) -> Iterator[Peer | str]:
    """Yield each tool that can make the switch to *profile*, else a sentence that says why it can't."""
    for command in world.peers:
        yield Peer(f"`{command}`", process(shlex.split(command), world.environ, world.user.home))
    tools = {"awsumepy": _awsume, "assumego": _granted, "aws-sso": _aws_sso, "aws-vault": _aws_vault}
    for program, set_up in tools.items():
        if shutil.which(program):
            try:
                peer = set_up(profile, world)
                peer.run()
            except FAILURES as reason:
                yield f"{program} was found, but not measured. {reason}"
            else:
                yield peer


def _awsume(profile: str, world: World) -> Peer:
    """Return what the shell function of awsume runs; it knows no SSO, so the AWS CLI gets the keys for it."""
    if not world.aws:
        raise NotMeasured("It needs the AWS CLI to get keys from an SSO profile.")
    config = world.folder / "awsume"
    command = f"{shlex.quote(world.aws)} configure export-credentials --profile {profile}"
    config.write_text(f"{world.user.config.read_text()}\n[profile by-process]\ncredential_process = {command}\n")
    environ = {**world.environ, "AWS_CONFIG_FILE": str(config)}
    run = _switch(["awsumepy", "by-process"], environ, world.user.home)
    return Peer("`awsumepy`, by `credential_process` of the AWS CLI", run, world.forget)


def _granted(profile: str, world: World) -> Peer:
    """Return what granted's shell function `assume` runs. It takes the AWS CLI's token, and keeps no role's keys."""
    home, environ = _home("granted", world)
    folder = home / ".granted"
    folder.mkdir()
    folder.joinpath("config").write_text('DefaultBrowser = "STDOUT"\n[Keyring]\nBackend = "file"\n')
    environ.update(CF_KEYRING_FILE_PASSWORD="bench", GRANTED_ALIAS_CONFIGURED="true")
    shutil.copytree(world.user.home / ".aws" / "sso", home / ".aws" / "sso")
    run = _switch(["assumego", profile], environ, home)
    run()
    shutil.rmtree(home / ".aws" / "sso")  # it has the token in its own keyring now
    return Peer("`assumego`, which asks for keys each time", run, lambda: None)


def _aws_sso(profile: str, world: World) -> Peer:
    """Return what the shell function of aws-sso-cli evaluates."""
    home, environ = _home("aws-sso", world)
    config = ConfigParser()
    config.read(world.user.config)
    role = config[f"profile {profile}"]
    session = config[f"sso-session {role['sso_session']}"]
    folder = home / ".config" / "aws-sso"
    folder.mkdir(parents=True)
    folder.joinpath("config.yaml").write_text(
        f"SSOConfig: {{Default: {{SSORegion: {session['sso_region']}, StartUrl: '{session['sso_start_url']}'}}}}\n"
        "SecureStore: json\nAuthWorkflow: device_code\nUrlAction: print\n"
    )
    environ["SHELL"] = "/bin/bash"  # by it the dialect is chosen
    process(["aws-sso", "login"], environ, home)()
    store, without_keys = folder / "store.json", folder / "without-keys.json"
    shutil.copy(store, without_keys)
    command = ["aws-sso", "eval", "--account", role["sso_account_id"], "--role", role["sso_role_name"]]
    return Peer("`aws-sso eval`", _switch(command, environ, home), partial(shutil.copy, without_keys, store))


def _aws_vault(profile: str, world: World) -> Peer:
    """Return the export of aws-vault, which has no shell function, and signs in by itself at the first one."""
    home, environ = _home("aws-vault", world)
    keyring = home / "keyring"
    environ.update(
        AWS_VAULT_BACKEND="file",
        AWS_VAULT_FILE_DIR=str(keyring),
        AWS_VAULT_FILE_PASSPHRASE="bench",
        AWS_VAULT_STDOUT="true",  # no browser
    )
    run = _switch(["aws-vault", "export", "--format=export-env", profile], environ, home)

    def forget() -> None:
        for keys in keyring.glob("sso.GetRoleCredentials,*"):
            keys.unlink()

    return Peer("`aws-vault export`", run, forget)


def _home(name: str, world: World) -> tuple[Path, dict[str, str]]:
    """Return a home with the user's profiles, and its environment, in which the portal is where AWS is."""
    home = world.folder / name
    (home / ".aws").mkdir(parents=True)
    shutil.copy(world.user.config, home / ".aws" / "config")
    return home, {**world.behind_proxy, "HOME": str(home), "USERPROFILE": str(home)}


def _switch(command: list[str], environ: Mapping[str, str], home: Path) -> Callable[[], float]:
    """Return what runs *command*, which has to print the id of a temporary key."""
    return process(command, environ, home, prints=b"ASIA")
