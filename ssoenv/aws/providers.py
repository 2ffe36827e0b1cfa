"""Credentials of profiles that are not SSO ones, by botocore's own providers.

Only two steps are ssoenv's own: an SSO profile at the root of a chain of roles, as that may need a login, and the
question for an MFA code, as stdin and stdout belong to others.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ssoenv import files
from ssoenv.aws import clients, config, roles
from ssoenv.aws.chains import Step, chain_of
from ssoenv.aws.config import Profile
from ssoenv.aws.keys import account_of
from ssoenv.aws.profiles import EXPIRES, Profiles, no_credentials, role_of
from ssoenv.aws.provider_faults import explained
from ssoenv.aws.roles import Credentials
from ssoenv.aws.times import format_time, parse_time
from ssoenv.context import Context
from ssoenv.errors import ConfigError, SsoenvError
from ssoenv.text import checked_ascii

# From role to role AWS gives this many seconds at most.
_CHAIN_LIMIT = 3600
# Where botocore looks last, for want of any profile: never what the user has asked for by name.
_NOT_OF_PROFILES = ("ec2-credentials-file", "boto-config", "container-role", "iam-role")
# Credentials that are a role's already.
_ROLE_KINDS = ("sso", "role", "web-identity")
_ROLE_SOURCES = ("Ec2InstanceMetadata", "EcsContainer")
# In the environment of a profile's process: the profiles whose processes run already, as FILE:NAME, one a line. Two
# files may each have a profile of one name: that of `exec --with` asks for the user's own.
_RUNNING = "SSOENV_PROCESSES"


def credentials_of(name: str, context: Context, obtain: Callable[[Profile], object]) -> Credentials:
    """Return the credentials of the profile *name*, which is not an SSO one.

    *obtain* puts those of the SSO profile at the root, if there is one, into the cache of role credentials; it is
    called when they are needed. Credentials of roles go into the same cache, as the AWS CLI's do.

    Raises:
        ConfigError: A profile on the way has a gap, or its process or file does not give credentials; or keys in a file
            have expired by the note beside them.
        NoAccess: AWS refuses a role.
        NotLoggedIn: ``aws login`` is due; or *obtain* raises it, as it may raise more.
        ServiceError: The network or AWS fails.
        UsageError: An MFA code is wanted, and there is no terminal to ask at.
    """
    profiles = Profiles(config.load(context), context)
    chain = chain_of(name, profiles)
    asked: list[str] = []  # the roles that STS was asked for, in turn
    try:
        by_aws_cli = chain[-1].kind == "login" and not _has_crt()
        with _running(chain[-1], profiles.config.path):
            found = _by_aws_cli(name) if by_aws_cli else _by_botocore(profiles, chain, asked, context, obtain)
        result = _result(found, chain)
        return _dated(result, profiles, name, context) if chain[0].kind == "keys" else result
    except SsoenvError:
        raise
    except Exception as error:  # what a process or a file of the user's makes botocore raise can be anything
        fault = explained(error, chain, asked)
        if fault is None:
            raise
        raise fault from None


def _by_botocore(
    profiles: Profiles, chain: list[Step], asked: list[str], context: Context, obtain: Callable[[Profile], object]
) -> Any:
    """Return what botocore's providers give for the first of *chain*; roles that STS is asked for go to *asked*."""
    import botocore.config
    import botocore.credentials
    import botocore.session

    name = chain[0].name
    session = botocore.session.Session(profile=name)  # a profile that is named beats keys in the environment
    session.set_config_variable("config_file", str(profiles.config.path))
    session.set_config_variable("credentials_file", str(profiles.credentials.path))
    session.set_default_client_config(
        botocore.config.Config(connect_timeout=clients.CONNECT_TIMEOUT, read_timeout=clients.READ_TIMEOUT)
    )
    if region := _region(chain):
        session.set_config_variable("region", region)
    session.register("before-parameter-build.sts", _before_request(chain, asked, context))
    cache = _cache(chain[-1], profiles, context, obtain)
    resolver = botocore.credentials.create_credential_resolver(session, cache=cache)
    for method in _NOT_OF_PROFILES:
        resolver.remove(method)
    # botocore has no public way to set it; its own prompter falls back to stdin.
    resolver.get_provider("assume-role")._prompter = _ask_for_code(name, context)
    return resolver.load_credentials()


@contextmanager
def _running(root: Step, file: Path) -> Iterator[None]:
    """Let the process of *root* in *file*, if it has one, know that it runs: it may be an ssoenv, and come back to it.

    Raise ConfigError when it has done so.
    """
    if root.kind != "process":
        yield
        return
    before = os.environ.get(_RUNNING)
    marks = before.split("\n") if before else []
    prefix = f"{file.absolute()}:"
    mark = f"{prefix}{root.name}"
    if mark in marks:
        circle = " → ".join(each.removeprefix(prefix) for each in [*marks[marks.index(mark) :], mark])
        raise ConfigError(
            f"credential_process of {circle} asks ssoenv for that profile itself.",
            f"Let it name the role: ssoenv configure --credential-process --profile {root.name}",
        )
    os.environ[_RUNNING] = "\n".join([*marks, mark])
    try:
        yield
    finally:
        if before is None:
            del os.environ[_RUNNING]
        else:
            os.environ[_RUNNING] = before


def _region(chain: list[Step]) -> str | None:
    """Return the region to ask STS in; without one botocore takes that of the environment."""
    regions = [step.settings.get("region") for step in chain]
    return next(filter(None, [*regions, chain[-1].settings.get("sso_region")]), None)


def _cache(root: Step, profiles: Profiles, context: Context, obtain: Callable[[Profile], object]) -> Any:
    """Return the AWS CLI's cache of credentials, as botocore uses one."""
    from botocore.utils import JSONFileCache

    sso = profiles.config.profile(root.name) if root.kind == "sso" else None
    folder = roles.cache_dir(context)
    sso_key = sso and roles.cache_path(context, sso.session, sso.account_id, sso.role_name).stem

    class Cache(JSONFileCache):  # type: ignore[misc]
        def __contains__(self, key: str) -> bool:
            # botocore asks for the root's credentials when no role on the way is fresh, and here they come to be.
            if sso and key == sso_key:
                obtain(sso)
            return _holds_keys(folder / f"{key}.json", context)

        def __setitem__(self, key: str, value: object) -> None:
            files.write_private(folder / f"{key}.json", self._dumps(value).encode())

    return Cache(str(folder))


def _holds_keys(path: Path, context: Context) -> bool:
    """Tell whether *path*, a file of the AWS CLI's cache, holds keys and their end, as botocore takes for granted."""
    try:
        keys = (files.read_json(path, context) or {})["Credentials"]
        for name in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"):
            checked_ascii(keys[name])
        parse_time(keys["Expiration"])
    except (LookupError, TypeError, ValueError):
        return False
    return re.search(r"(?:Z|UTC|[+-]\d\d:?\d\d)\Z", keys["Expiration"]) is not None


def _before_request(chain: list[Step], asked: list[str], context: Context) -> Callable[..., None]:
    """Return what sees the parameters of each call of STS: it notes the role, and keeps to the limit of chains."""
    chained = {
        step.settings["role_arn"]: step.name
        for step, source in zip_longest(chain, chain[1:])
        if step.kind == "role"
        and (source.kind in _ROLE_KINDS if source else step.settings.get("credential_source") in _ROLE_SOURCES)
    }

    def look(params: dict[str, Any], **_: object) -> None:
        role_arn = str(params.get("RoleArn"))
        asked.append(role_arn)
        wanted = params.get("DurationSeconds", 0)
        if role_arn in chained and wanted > _CHAIN_LIMIT:
            params["DurationSeconds"] = _CHAIN_LIMIT
            context.say(
                f"Role chaining: at most 1 hour. The {wanted} of duration_seconds in the profile {chained[role_arn]} "
                f"count as {_CHAIN_LIMIT}."
            )

    return look


def _ask_for_code(name: str, context: Context) -> Callable[[str], str]:
    def ask_for_code(prompt: str) -> str:
        from ssoenv.terminal import ask

        return ask(
            prompt.rstrip(": "),
            context,
            instead=f"The profile {name} wants an MFA code (mfa_serial): switch to it in a terminal first.",
            validate=lambda code: None if re.fullmatch("[0-9]{6}", code) else "An MFA code has six digits.",
        )

    return ask_for_code


def _has_crt() -> bool:
    """Tell whether botocore can refresh what ``aws login`` has left: it needs awscrt for it."""
    import importlib.util

    return importlib.util.find_spec("awscrt") is not None


def _by_aws_cli(name: str) -> Any:
    """Return the credentials of a profile with a ``login_session`` at its root, from the AWS CLI with its awscrt."""
    import shutil
    import subprocess

    from botocore.credentials import ProcessProvider

    program = shutil.which("aws")
    if program is None:
        raise ConfigError(
            f"The profile {name} uses aws login (login_session), which takes awscrt or the AWS CLI to read.",
            'Install the AWS CLI, or in the environment of ssoenv: pip install "botocore[crt]"',
        )
    words = [program, "configure", "export-credentials", "--profile", name, "--format", "process"]
    line = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    return ProcessProvider(name, lambda: {"profiles": {name: {"credential_process": line}}}).load()


def _result(found: Any, chain: list[Step]) -> Credentials:
    """Return what botocore has *found*, with the account as far as anything tells it."""
    if found is None:
        raise no_credentials(chain[0].name, chain[0].settings)
    frozen = found.get_frozen_credentials()
    texts = [frozen.access_key, frozen.secret_key, frozen.token or ""]
    if not all(isinstance(text, str) and text.isprintable() for text in texts) or not all(texts[:2]):
        raise ConfigError(
            f"The credentials that the profile {chain[-1].name} gives are not of the form of AWS's.",
            "A key is empty, or holds something else than printable characters.",
        )
    expiration = getattr(found, "_expiry_time", None)  # the AWS CLI reads it so, too
    account = frozen.account_id if _is_account(frozen.account_id) else role_of(chain[0].settings)[0]
    return Credentials(
        access_key_id=frozen.access_key,
        secret_access_key=frozen.secret_key,
        session_token=frozen.token or None,
        expiration=expiration.timestamp() if expiration else None,
        account_id=account or account_of(frozen.access_key),
    )


def _dated(found: Credentials, profiles: Profiles, name: str, context: Context) -> Credentials:
    """Return *found*, the keys in a file, with the end that stands beside them; raise ConfigError when that is over.

    A user's own keys, which have no session token, have no end: what stands there is of keys that were there before.
    """
    expiration = profiles.expiration(name) if found.session_token else None
    if expiration is not None and expiration <= context.now():
        raise ConfigError(
            f"The keys of the profile {name} expired at {format_time(expiration)}, by {EXPIRES} beside them.",
            f"If ssoenv wrote them: ssoenv get NAME --write --as {shlex.quote(name)}, or ssoenv get --prune. "
            "Otherwise renew them where they come from.",
        )
    return replace(found, expiration=expiration)


def _is_account(text: object) -> bool:
    return isinstance(text, str) and len(text) == 12 and text.isascii() and text.isdigit()
