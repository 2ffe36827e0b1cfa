"""``ssoenv configure``: write profiles to the AWS config file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ssoenv.aws import config
from ssoenv.cli import messages
from ssoenv.context import Context
from ssoenv.errors import Cancelled, NoAccess, UsageError
from ssoenv.text import first_few, printable

if TYPE_CHECKING:
    from ssoenv.configure import Given
    from ssoenv.generate import Plan, Rules

# How many reasons a run says; a portal may grant thousands.
_SAID = 10


def configure(
    start_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The portal's start URL. Each question has such an option.")
    ] = None,
    sso_region: Annotated[str | None, typer.Option(metavar="REGION", help="The portal's region.")] = None,
    session: Annotated[str | None, typer.Option(metavar="NAME", help="The SSO session, known or new.")] = None,
    account: Annotated[
        list[str] | None, typer.Option(metavar="ID|NAME", help="The account; with --all a GLOB, also several times.")
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="The role; with --all a GLOB, also several times.")
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REGION",
            help="The default region, '' for none; with --all also GLOB=REGION for accounts, several times; "
            "what --all wrote keeps its own otherwise.",
        ),
    ] = None,
    output: Annotated[str | None, typer.Option(metavar="FORMAT", help="The AWS CLI's output format.")] = None,
    profile: Annotated[str | None, typer.Option(metavar="NAME", help="The profile's name.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a profile of that name.")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing: fail if an answer is missing.")] = False,
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Write a profile for each account and role you have.")] = False,
    name: Annotated[
        str | None, typer.Option(metavar="TEMPLATE", help="With --all: how to name them, as in '{account}-{role}'.")
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="With --all: remove those that --all wrote and that are granted no more.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --all: show the changes as a diff.")] = False,
    credential_process: Annotated[
        bool | None,
        typer.Option(
            "--credential-process/--no-credential-process",
            help="Write profiles for tools that know nothing of SSO, which get the credentials from ssoenv.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Set up profiles, by questions at the terminal.

    What is in the config file stays as it is. Nothing is written before the last answer.
    """
    from ssoenv.configure import Given

    if every:
        _refuse({"--profile": profile, "--force": force}, "is not for --all")
    else:
        _refuse({"--name": name, "--prune": prune, "--dry-run": dry_run}, "is for --all only")
    context = messages.context()
    if no_input:
        context = context.unattended
    if named := {text.rpartition("=")[2] for text in (sso_region or "", *(region or ()))} - {""}:
        from ssoenv.aws import regions

        for each in sorted(named):
            regions.warn_of_unknown(each, context)
    if every:
        from ssoenv.generate import Rules

        given = Given(start_url, sso_region, session)
        rules = Rules(
            *(tuple(account or ()), tuple(role or ())),
            name=Rules.name if name is None else name,
            regions=tuple(region or ()),
            output=output,
            process=credential_process,
        )
        _write_all(given, rules, to, context, prune=prune, dry_run=dry_run)
    else:
        given = Given(
            start_url,
            sso_region,
            session,
            account=_sole("account", account),
            role=_sole("role", role),
            region=_sole("region", region),
            output=output,
            profile=profile,
            force=force,
            process=bool(credential_process),
        )
        _write_one(given, to, context)


def _write_one(given: Given, to: Path | None, context: Context) -> None:
    from ssoenv import configure

    path = to or config.load(context).path
    try:
        written = configure.one(given, to, context)
    except (Cancelled, KeyboardInterrupt):  # a login that was a part of it stays
        raise Cancelled(f"Cancelled. Nothing was written to {path}.") from None
    if written.sections:
        sections = " and ".join(f"{section.kind} {section.name}" for section in written.sections)
        messages.say(f"Wrote {sections} to {path}.")
    else:
        messages.say(f"The profile {written.name} is in {path} already, just like that.")
    _say_next(written.name, to, context)


def _write_all(given: Given, rules: Rules, to: Path | None, context: Context, *, prune: bool, dry_run: bool) -> None:
    from ssoenv import configure, inventory
    from ssoenv.cli.listing import Bar

    aws_config = config.load(context)
    session = configure.choose_session(given, aws_config, context)
    with Bar(context) as bar:
        listed = inventory.refresh(session, context, bar.update)
    grants = listed.grants(session)
    if not grants:
        raise NoAccess(
            f"No role is available to you at {session.start_url}.", "Ask the portal's administrator for one."
        )
    path = to or aws_config.path
    made, diff = configure.everything(grants, rules, path, context, prune=prune, dry_run=dry_run, seen=aws_config)
    if diff:
        messages.write("".join(f"{printable(line)}\n" for line in diff.split("\n")))
    _report(made, path, dry_run=dry_run)
    for glob in rules.idle_globs(grants):
        messages.say(f"Careful: --region {printable(glob)}=… fits none of your accounts. See: ssoenv accounts")
    names = [*made.added, *made.updated, *made.unchanged, *made.skipped]
    if not names:
        messages.say("None of your accounts and roles fits. See: ssoenv accounts")
    elif not dry_run:
        if made.added and not rules.regions:
            messages.say("The new profiles have no region. To give them one, the same again with: --region REGION")
        _say_next(names[0], to, context)


def _report(made: Plan, path: Path, *, dry_run: bool) -> None:
    """Say what came of the run, or would."""
    done = {"added": made.added, "updated": made.updated, "removed": made.removed}
    counts = ", ".join(f"{len(names)} {what}" for what, names in {**done, "unchanged": made.unchanged}.items())
    messages.say(f"Nothing was written. {path} would have: {counts}." if dry_run else f"{path}: {counts}.")
    for what, names in done.items():
        if names:
            messages.say(f"{what.capitalize()}: {first_few(sorted(names))}.")
    for what, reasons in (("Named", made.renamed), ("Left alone", made.skipped)):
        for name, reason in list(reasons.items())[:_SAID]:
            messages.say(f"{what} {name}: {reason}.")
        if len(reasons) > _SAID:
            messages.say(f"{what} for the same reasons: {len(reasons) - _SAID} more.")


def _say_next(name: str, to: Path | None, context: Context) -> None:
    """Say what to type next, and let completion know of the new names."""
    from ssoenv import completion_names

    if to is not None:
        messages.say(f"To use it, let AWS_CONFIG_FILE name {to}.")
        return
    completion_names.refresh(config.load(context), context, with_regions=True)
    quoted = shlex.quote(name)
    messages.say(f"To use it in this shell: ssouse {quoted}")
    messages.say(f"Or by its name: aws s3 ls --profile {quoted}")


def _sole(option: str, values: list[str] | None) -> str | None:
    if values and len(values) > 1:
        raise UsageError(f"Without --all there is one --{option} only.", "See: ssoenv configure --help")
    return values[0] if values else None


def _refuse(options: Mapping[str, object], why: str) -> None:
    """Raise UsageError when one of *options* is given."""
    for option, value in options.items():
        if value:
            raise UsageError(f"{option} {why}.", "See: ssoenv configure --help")
