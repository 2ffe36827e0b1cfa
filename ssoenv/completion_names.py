"""The names files: what shells complete from at Tab, with builtins and without starting a process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ssoenv import files, finding, remembered, sessions
from ssoenv.aws.config import Config
from ssoenv.context import Context
from ssoenv.errors import SsoenvError
from ssoenv.targets import Target
from ssoenv.text import printable


def path(context: Context, what: str = "names") -> Path:
    """Return where such a file is."""
    return context.shell_cache / what


def refresh(
    aws_config: Config,
    context: Context,
    profiles: Sequence[Target] | None = None,
    *,
    with_regions: bool = False,
) -> None:
    """Let the files ``names``, ``accounts``, ``sessions`` and ``regions`` tell of all that there is of each.

    *profiles* are those of `finding.profiles`, where the caller has them. What a switch would refuse is left out.
    *with_regions* writes all regions of one's partitions, too: for callers that have loaded botocore anyway.
    Completion is a convenience: that a file can't be written is no reason to fail, nor to say anything.
    """
    context = replace(context, say=lambda _: None)
    with suppress(SsoenvError, OSError):
        if profiles is None:
            profiles = list(finding.profiles(aws_config, context))
        # Of a name that is several things, what a switch takes.
        grants = finding.granted(aws_config, context)
        roles = {target.name: _about(target) for target in finding.others(profiles, grants)}
        configured = {target.name: _about(target) for target in profiles}
        write(context, {**roles, **remembered.aliases(context), **configured}.items())
        write(context, {(grant.account_name, grant.account_id) for grant in grants}, "accounts")
        known = sessions.known(aws_config, context, lambda _: None)
        write(context, ((each.key, each.start_url if each.name else "") for each in known), "sessions")
        used = {region for region in (*(each.region for each in profiles), *(each.region for each in known)) if region}
        write(context, _regions(used, context, anew=with_regions).items(), "regions")


def _regions(used: Iterable[str], context: Context, *, anew: bool) -> dict[str, str]:
    """Return what is told of each region beside the *used* ones, and of these: found out *anew*, or as before."""
    if not anew:
        lines = (files.read(path(context, "regions")) or b"").decode(errors="replace").splitlines()
        return dict.fromkeys(used, "") | {name: words for name, _, words in (line.partition("\t") for line in lines)}
    from ssoenv.aws import regions

    found: dict[str, str] = {}
    for region in sorted(used):
        found |= {} if region in found else {region: "", **regions.names(region)}
    return found


def lack(name: str, context: Context) -> bool:
    """Tell whether Tab could offer *name*, and does not know it."""
    with suppress(SsoenvError):
        known = files.read(path(context, "names.line")) or b""
        return _can_be_offered(name) and name.encode() not in known.rstrip(b"\n").split(b"\t")
    return False


def write(context: Context, entries: Iterable[tuple[str, str]], what: str = "names") -> None:
    """Write the file *what*: a line ``name<TAB>description`` for each of *entries*, in C order, as UTF-8.

    Next to it, the file *what*.line has the names alone, in one line, with tabs between: of many lines, bash 3.2 needs
    ten times as long. Left out are names that no completion could put on a line safely. An unchanged file is not
    written. Raise ConfigError or OSError when a file can't be written or read.
    """
    # In C order, which lets shells search by halves: that of code points is that of their UTF-8 bytes.
    known = sorted((name, printable(description)) for name, description in entries if _can_be_offered(name))
    _put(path(context, what), "".join(f"{name}\t{description}\n" for name, description in known))
    _put(path(context, f"{what}.line"), "\t".join(name for name, _ in known) + "\n")


def _put(file: Path, text: str) -> None:
    content = text.encode()
    if files.read(file) != content:
        files.write_private(file, content)


def _about(target: Target) -> str:
    return " · ".join(filter(None, (target.account_id, target.role_name)))


def _can_be_offered(name: str) -> bool:
    # A dash at the start makes an option of it, and fish puts a home in the place of a tilde there. Of what can't be
    # seen, some ends a word in fish, and zsh's line editor turns U+E000 to U+E0FF into bytes: U+E024 into a bare $.
    return name[:1] not in ("", "-", "~") and name.isprintable()
