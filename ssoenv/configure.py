"""The profiles that ``ssoenv configure`` writes: one that the user is asked for, or one for each role.

An answer comes from the command line, else from the person; where nobody is there to ask, from the default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ssoenv import generate, login, remembered, sessions
from ssoenv.aws import config
from ssoenv.aws.config import Config, Session, bare
from ssoenv.aws.edit import Draft, Section, editing
from ssoenv.context import Context
from ssoenv.errors import ConfigError, NoAccess, UsageError
from ssoenv.generate import Plan, Rules
from ssoenv.inventory import Account, find_account
from ssoenv.targets import Grant
from ssoenv.terminal import Row, ask, pick

if TYPE_CHECKING:
    from ssoenv.aws.portal import Listing

OUTPUTS = ("json", "text", "table", "yaml", "yaml-stream", "off")
"""The output formats of the AWS CLI."""

# Keys that say who a profile is, or how it gets its keys: those of another kind would win over the SSO ones.
_WHO = (
    *("sso_session", "sso_start_url", "sso_region", "sso_registration_scopes", "sso_account_id", "sso_role_name"),
    *("role_arn", "source_profile", "credential_source", "external_id", "mfa_serial", "role_session_name"),
    *("duration_seconds", "web_identity_token_file", "credential_process", "login_session"),
    *("aws_access_key_id", "aws_secret_access_key", "aws_session_token"),
)
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Given:
    """What the command line answers. None leaves the question to the person; an empty *region* means none.

    *force* overwrites a profile without a question. *process* writes ssoenv as its ``credential_process``.
    """

    start_url: str | None = None
    sso_region: str | None = None
    session: str | None = None
    account: str | None = None
    role: str | None = None
    region: str | None = None
    output: str | None = None
    profile: str | None = None
    force: bool = False
    process: bool = False


@dataclass(frozen=True)
class Written:
    """What came of one profile: its *name*, and the *sections* of the file that are new or changed, if any."""

    name: str
    sections: tuple[Section, ...]


def one(given: Given, path: Path | None, context: Context) -> Written:
    """Ask what *given* leaves open, and write the profile to *path*, or to the user's config file.

    Nothing is written before all is answered. Raise UsageError, naming the option, for a question that has no default
    where nobody is there to ask; Cancelled on Ctrl-C; NoAccess when there is no such role; and what a login raises.
    """
    aws_config = config.load(context)
    asking = _Asking(given, context)
    session = choose_session(given, aws_config, context)
    grant = _choose_role(session, asking, known=session in sessions.known(aws_config, context))
    region, output = _choose_region(session, asking), _choose_output(asking)
    rules = Rules(
        name="{account_id}_{role}", regions=(region,) if region else (), output=output or None, process=given.process
    )
    return _write_one(grant, rules, Draft(path or aws_config.path, config.read(path or aws_config.path)), asking)


def choose_session(given: Given, aws_config: Config, context: Context) -> Session:
    """Return the session to log in to: a known one, or one that is new and in no file yet. Raise what `one` raises."""
    asking = _Asking(given, context)
    known = [each for each in sessions.portals(aws_config, context) if given.sso_region in (None, each.region)]
    start_url = given.start_url
    if start_url is None and given.session:
        start_url = next((each.start_url for each in known if each.key == given.session), None)
    elif start_url is None and len(known) > 1:
        rows = [Row(sessions.shown(each)) for each in known]
        place = asking.pick([*rows, Row("another start URL")], "SSO session", "--session NAME")
        if place < len(known):
            return known[place]
    if start_url is None:
        default = known[0].start_url if len(known) == 1 and not given.session else None
        urls = [each.start_url for each in known]
        start_url = asking.ask("SSO start URL", "--start-url URL", default, urls, _no_start_url)
    start_url = sessions.in_full(start_url)
    for each in known:
        if bare(each.start_url) == bare(start_url) and given.session in (None, each.name, each.key):
            context.say(f"Using the SSO session {each.key}.")
            return each
    return _new_session(start_url, aws_config, asking)


def everything(
    grants: Sequence[Grant], rules: Rules, path: Path, context: Context, *, prune: bool, dry_run: bool, seen: Config
) -> tuple[Plan, str]:
    """Write a profile for each of *grants* that *rules* pick, unless *dry_run*; return the plan, and the diff if so.

    *seen* is what the user's config file held when the session was chosen. Raise what `generate.apply` raises.
    """
    state = context.settings_file.parent / "written.json"
    if not dry_run:
        return generate.apply(path, state, grants, rules, context, prune=prune, seen=seen), ""
    draft = Draft(path, config.read(path))
    made = generate.plan(draft, grants, rules, generate.written(state, path, context), prune=prune)
    return made, generate.diff(draft.data, draft.edited(made.changes).data, path)


class _Asking:
    """The person, if there is one to ask."""

    def __init__(self, given: Given, context: Context) -> None:
        self.given = given
        self.context = context

    def ask(
        self,
        what: str,
        option: str,
        default: str | None = None,
        completions: Sequence[str] = (),
        validate: Callable[[str], str | None] = lambda _: None,
    ) -> str:
        """Return a line of text, *default* where nobody is there; see `terminal.ask`."""
        if self.context.terminal:
            return ask(
                what,
                self.context,
                instead=f"Add: {option}",
                default=default,
                completions=completions,
                validate=validate,
            )
        if default is None:
            raise _missing(what, option)
        return default

    def pick(self, rows: Sequence[Row], what: str, option: str) -> int:
        """Return the number of the row that the person chooses; there is no default."""
        if not self.context.terminal:
            raise _missing(what, option)
        return pick(rows, what, self.context, instead=f"Add: {option}")

    def agrees(self, what: str) -> bool:
        """Tell whether the person says yes; Enter alone is a no."""
        answers = {"y": None, "yes": None, "n": None, "no": None}
        answer = self.ask(f"{what} (y/n)", "--force", "n", validate=lambda text: answers.get(text.lower(), "y or n?"))
        return answer.lower() in ("y", "yes")


def _missing(what: str, option: str) -> UsageError:
    return UsageError(f"An answer is missing: {what}.", f"Add: {option}")


def _new_session(start_url: str, aws_config: Config, asking: _Asking) -> Session:
    from ssoenv.aws import regions, start_urls

    given, context = asking.given, asking.context
    if fault := _no_start_url(start_url):
        raise UsageError(f"{start_url} is no start URL.", fault)
    region = given.sso_region or start_urls.discover_region(start_url)
    if region is None:
        shown = regions.labels(None)
        option = "--sso-region REGION . The address of the portal's sign-in page shows it as region=…"
        region = list(shown)[asking.pick(list(map(Row, shown.values())), "SSO region", option)]
        context.say(f"Using the SSO region {region}")
    elif not given.sso_region:
        context.say(f"The portal is in {region}.")
    if given.session:
        return sessions.make(given.session, start_url, region, aws_config, context)

    def made(name: str | None) -> Session | UsageError:
        try:
            return sessions.make(name, start_url, region, aws_config, context)
        except UsageError as error:
            return error

    first = made(None)
    name = asking.ask(
        "SSO session name",
        "--session NAME",
        first.name if isinstance(first, Session) else None,
        validate=lambda text: str(found) if isinstance(found := made(text), UsageError) else None,
    )
    return sessions.make(name, start_url, region, aws_config, context)


def _choose_role(session: Session, asking: _Asking, *, known: bool) -> Grant:
    """Let the person choose an account and one of its roles; only these are listed, not the whole organisation."""
    rows = _list(session, lambda listing: dict.fromkeys(listing.accounts()), asking.context, known=known)
    if asking.context.terminal:
        from ssoenv.terminal import discard_typed

        discard_typed()  # while the login was waited for, perhaps
    accounts = sorted((Account(*row) for row in rows), key=lambda each: (each.name.casefold(), each.account_id))
    account = _choose_account(session, accounts, asking)
    asking.context.say(f"Using the account ID {account.account_id}")
    names = _list(session, lambda listing: listing.role_names(account.account_id), asking.context, known=known)
    role = _choose_role_name(account, sorted(set(names)), asking)
    asking.context.say(f'Using the role name "{role}"')
    return Grant(session, account.account_id, account.name, account.email, role)


def _choose_account(session: Session, accounts: Sequence[Account], asking: _Asking) -> Account:
    if not accounts:
        raise NoAccess(
            f"No AWS accounts are available to you at {session.start_url}.", "Ask the portal's administrator for one."
        )
    if asking.given.account is not None:
        return find_account(accounts, asking.given.account)
    rows = [
        Row(f"{each.name}, {each.email} ({each.account_id})", name=each.name, rest=f" ({each.account_id})")
        for each in accounts
    ]
    if len(accounts) == 1:
        asking.context.say(f"The only AWS account available to you is: {rows[0].text}")
        return accounts[0]
    asking.context.say(f"There are {len(accounts)} AWS accounts available to you.")
    return accounts[asking.pick(rows, "Account", "--account ID")]


def _choose_role_name(account: Account, names: Sequence[str], asking: _Asking) -> str:
    where = f"{account.name} ({account.account_id})"
    wanted = asking.given.role
    if not names:
        raise NoAccess(f"You have no role in {where}.", "Ask the portal's administrator for one.")
    if wanted is not None:
        if wanted not in names:
            raise NoAccess(f"You have no role {wanted} in {where}.", f"There are: {', '.join(names)}")
        return wanted
    if len(names) == 1:
        asking.context.say(f"The only role available to you is: {names[0]}")
        return names[0]
    asking.context.say(f"There are {len(names)} roles available to you.")
    return names[asking.pick([Row(name) for name in names], "Role", "--role NAME")]


def _list(session: Session, read: Callable[[Listing], _Answer], context: Context, *, known: bool) -> _Answer:
    """Return what *read* takes out of the portal's lists, after a login where that is due."""
    from ssoenv.aws import portal
    from ssoenv.login.wording import spelled_out

    def listed(bearer: str) -> _Answer:
        with portal.listing(session, bearer, portal.Pace()) as listing:
            return read(listing)

    with nullcontext() if known else spelled_out(session):
        return login.with_token(session, context, listed)


def _choose_region(session: Session, asking: _Asking) -> str:
    """Return the default region, empty for none."""
    given = asking.given.region
    if given is not None:
        if given and not config.is_region(given):
            raise UsageError(f'"{given}" is not a region.', "Write it as in: --region eu-west-1")
        return given
    from ssoenv.aws import regions

    shown = regions.labels(session.region, remembered.regions(asking.context).get(session.key), session.region)
    rows = [*map(Row, shown.values()), Row("no default region")]
    region = [*shown, ""][asking.pick(rows, "Default region", "--region REGION")]
    asking.context.say(f"Using the default region {region}" if region else "Using no default region")
    return region


def _choose_output(asking: _Asking) -> str:
    """Return the output format, empty for the AWS CLI's own."""
    fault = f"There are: {', '.join(OUTPUTS)}"
    given = asking.given.output
    if given is not None:
        if given and given not in OUTPUTS:
            raise UsageError(f'"{given}" is no output format.', fault)
        return given
    return asking.ask(
        "Output format (json if not specified)",
        "--output FORMAT",
        "",
        OUTPUTS,
        lambda text: None if not text or text in OUTPUTS else fault,
    )


def _write_one(grant: Grant, rules: Rules, draft: Draft, asking: _Asking) -> Written:
    """Ask for the profile's name, as often as it is another profile's that is to stay, and write the profile."""
    given, context = asking.given, asking.context
    wanted: dict[str, str | None] = {**dict.fromkeys((*_WHO, "region", "output")), **rules.settings(grant)}
    name = given.profile
    if name is None and (name := context.environ.get("AWS_PROFILE") or None):
        context.say(f"Using the profile name {name}, which AWS_PROFILE holds.")
    while True:
        if name is None:
            name = asking.ask("Profile name", "--profile NAME", rules.base(grant), validate=_name_fault(draft))
        elif fault := _name_fault(draft)(name):
            raise UsageError(f'"{name}" can\'t name a profile.', fault)
        there = draft.settings(Section("profile", name))
        if there is None or given.force or all(there.get(key) == value for key, value in wanted.items()):
            break
        sentence = f"There is a profile {name} already: {_meaning(there)}."
        if not context.terminal:
            raise UsageError(sentence, "To overwrite it: --force . Or give another name: --profile NAME")
        context.say(sentence)
        if asking.agrees("Overwrite it?"):
            break
        name = None
    return _write(draft, name, grant, wanted, context)


def _write(seen: Draft, name: str, grant: Grant, wanted: Mapping[str, str | None], context: Context) -> Written:
    section = Section("profile", name)
    with editing(seen.path, context, seen) as draft:
        if draft.settings(section) != seen.settings(section):
            raise ConfigError(f"Another program changed the profile {name} meanwhile.", "Nothing was written.")
        made = Plan()
        generate.plan_session(made, draft, grant.session)
        made.changes[section] = {**wanted}
        after = draft.edited(made.changes)
        draft.save(after)
    changed = (each for each in made.changes if draft.settings(each) != after.settings(each))
    return Written(name, tuple(changed))


def _name_fault(draft: Draft) -> Callable[[str], str | None]:
    """Return what tells why a text can't name a profile, or None; a name that is in the file can."""

    def fault(name: str) -> str | None:
        if draft.has(name) or generate.is_safe_name(name):
            return None
        return "Use letters, digits and _ . @ + : / - only; some SDKs read no other names."

    return fault


def _meaning(settings: Mapping[str, str]) -> str:
    """Return in words what a profile with *settings* is; what it holds beside account and role may be secret."""
    if account_id := settings.get("sso_account_id"):
        where = settings.get("sso_session") or settings.get("sso_start_url")
        region = settings.get("region")
        return f"{settings.get('sso_role_name')} in {account_id} by {where}{f', region {region}' if region else ''}"
    return f"it has {', '.join(settings)}" if settings else "it is empty"


def _no_start_url(text: str) -> str | None:
    return None if config.is_start_url(sessions.in_full(text)) else "It looks like https://NAME.awsapps.com/start."
