"""A name becomes a target: a profile of any kind, an alias, or what the logins grant."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from contexts import CORP, LEGACY, START_URL, World
from user import CONFIG

from ssoenv import files, finding, inventory, remembered
from ssoenv.aws import config
from ssoenv.demo.portal import EXAMPLE, Account
from ssoenv.errors import Cancelled, ConfigError, UsageError
from ssoenv.inventory_file import file_of
from ssoenv.targets import UnknownTarget

HEADER = CONFIG[CONFIG.index("[sso-session corp]") : CONFIG.index("[profile")]


@pytest.fixture
def world(tmp_path, clean_environment):
    """Return a world without terminal, whose user has the profiles of the embedded portal."""
    world = World(tmp_path / "home", terminal=False)
    (world.context.home / ".aws/config").write_text(CONFIG)
    return world


@pytest.fixture
def portal(world, start_portal, lead_to):
    return lead_to(start_portal(auto_approve=True, now=world.clock.now))


@pytest.fixture
def listed(world, portal):
    """Return the world after a login, with the roles listed."""
    world.log_in()
    inventory.refresh(CORP, world.context, rate=1e6)
    return world


def test_profile(world):
    """A profile's name stands for its account, role, session and region."""
    found = finding.find(["dev-readonly"], world.context)
    assert (found.name, found.profile) == ("dev-readonly", "dev-readonly")
    assert (found.account_id, found.role_name, found.region) == ("123456789011", "ReadOnly", "eu-central-1")
    assert found.session == CORP._replace(profile="dev-readonly")


def test_profile_with_blanks(world):
    """A profile whose name has blanks needs no quotes."""
    config = world.context.home / ".aws/config"
    config.write_text(CONFIG.replace("[profile dev-readonly]", "[profile 'my own one']"))
    assert finding.find(["my", "own", "one"], world.context).profile == "my own one"


def test_no_region(world):
    """A profile without a region has none: neither the SSO region nor that of roles without a profile is meant."""
    remembered.set_region("corp", "eu-west-1", world.context)
    found = finding.find(["prod-readonly"], world.context)
    assert found.region is None
    assert finding.with_region(found, None, world.context).region is None


def test_region_for_this_once(world):
    """A region that is asked for goes before the profile's own; one that can't be one is refused."""
    found = finding.find(["dev-readonly"], world.context)
    assert finding.with_region(found, "us-east-1", world.context).region == "us-east-1"
    for region in ("", "US-East-1", "us-east-1 ", "$(id)", "é"):
        with pytest.raises(UsageError, match="is not a region"):
            finding.with_region(found, region, world.context)


def test_broken_profile(world):
    """A profile with a gap is refused with its line."""
    (world.context.home / ".aws/config").write_text("[profile broken]\nsso_role_name = x\n")
    with pytest.raises(ConfigError, match="line 1"):
        finding.find(["broken"], world.context)


@pytest.mark.parametrize("header", ["profile Developer ReadOnly", "Developer ReadOnly", " profile Developer ReadOnly"])
def test_profile_that_aws_tools_skip(listed, header):
    """A profile whose header AWS tools don't take for one is told with its line and cure: no other role stands in."""
    assert finding.find(["Developer", "ReadOnly"], listed.context).account_id == "123456789011"
    path = listed.context.home / ".aws/config"
    keys = "sso_session = corp\nsso_account_id = 123456789022\nsso_role_name = ReadOnly\n"
    path.write_text(f"{HEADER}[{header}]\n{keys}")
    with pytest.raises(config.UnknownProfile) as unknown:
        finding.find(["Developer", "ReadOnly"], listed.context)
    line = HEADER.count("\n") + 1
    assert f"line {line}, AWS tools skip [{header}]." in str(unknown.value)
    assert str(unknown.value).endswith("Change that line to: [profile 'Developer ReadOnly']")
    remembered.set_alias("Dev", "123456789011/ReadOnly", listed.context)
    path.write_text(f"{HEADER}[Dev]\n[plugins]\n[services dev]\n")
    assert finding.find(["Dev"], listed.context).account_id == "123456789011"
    for words in ("plugins", "services dev", "sso-session corp"):  # which they do not skip
        with pytest.raises(UnknownTarget):
            finding.find([words], listed.context)


def test_cancelled_in_a_listing(world, portal):
    """Ctrl-C while roles are listed ends all: nothing runs in those that are known, and no other session is listed."""

    def interrupt(*_):
        raise KeyboardInterrupt

    world.log_in()
    with pytest.raises(Cancelled):
        finding.find(["nobody"], world.context, interrupt)
    with pytest.raises(Cancelled):
        finding.list_missing(world.context, interrupt)


def test_profile_of_another_kind(world):
    """A profile with keys is a target without session; its name is told when one is near."""
    (world.context.home / ".aws/credentials").write_text("[plain]\naws_access_key_id = A\naws_secret_access_key = b\n")
    assert finding.find(["plain"], world.context).session is None
    with pytest.raises(UnknownTarget, match="Did you mean plain"):
        finding.find(["plane"], world.context)


def test_profile_that_the_credentials_file_makes_another(world):
    """What the credentials file says of a profile counts before the config file, as in botocore, wherever one asks."""
    role = "[dev-readonly]\nrole_arn = arn:aws:iam::123456789022:role/other\nsource_profile = prod-admin\n"
    (world.context.home / ".aws/credentials").write_text(role)
    found = finding.find(["dev-readonly"], world.context)
    assert (found.session, found.account_id, found.role_name) == (None, "123456789022", "other")
    assert found in finding.profiles(config.load(world.context), world.context)


def test_credentials_file_that_can_not_be_read(world):
    """It is no matter of an SSO profile's; else the error names the variable that another one can be named by."""
    (world.context.home / ".aws/credentials").mkdir()
    assert finding.find(["dev-readonly"], world.context).account_id == "123456789011"
    with pytest.raises(ConfigError, match="let AWS_SHARED_CREDENTIALS_FILE name another"):
        finding.find(["own-keys"], world.context)


def test_unknown_name_of_who_is_logged_in(listed):
    """Who has a login to the portal is not told to log in to it, as the older profiles would."""
    with pytest.raises(UnknownTarget) as unknown:
        finding.find(["nobody"], listed.context)
    assert "ssoenv login" not in str(unknown.value)


def test_alias(listed):
    """An alias stands for a profile, under its own name, or for an account and role; a profile of that name wins."""
    remembered.set_alias("d", "123456789011/ReadOnly", listed.context)
    remembered.set_alias("p", "prod-admin", listed.context)
    remembered.set_alias("dev-readonly", "prod-admin", listed.context)
    assert finding.find(["d"], listed.context).account_id == "123456789011"
    found = finding.find(["p"], listed.context)
    assert (found.name, found.profile) == ("p", "prod-admin")
    assert finding.find(["dev-readonly"], listed.context).profile == "dev-readonly"


@pytest.mark.parametrize("name", ["", "a b", "-x", "a/b", "$(id)", "é", "a\n", "x" * 65])
def test_what_can_be_no_alias(world, name):
    """A name that is no single plain word, or that looks like an option or like ACCOUNT/ROLE, is refused."""
    with pytest.raises(UsageError, match="can't be an alias"):
        remembered.set_alias(name, "dev-readonly", world.context)
    assert remembered.aliases(world.context) == {}


def test_unknown_name_lists_anew_once(listed, portal):
    """A new role is found without a word; a mistyped name does not list a large portal at each try."""
    before = portal.calls["ListAccounts"]
    listed.clock.time += 301
    for _ in range(3):
        with pytest.raises(UnknownTarget, match="fits no-such-thing"):
            finding.find(["no-such-thing"], listed.context)
    assert portal.calls["ListAccounts"] == before + 1


def test_unknown_name_before_there_is_any(world):
    """On the first day it is said how there come to be some."""
    (world.context.home / ".aws" / "config").unlink()
    with pytest.raises(UnknownTarget, match=r"fits dev\. To set one up: ssoenv configure \. Or to log in without: "):
        finding.find(["dev"], world.context)


def test_unknown_name_asks_for_no_login(world, portal):
    """A mistyped name opens no browser; that a login might tell of more names is said."""
    world.change(terminal=True)
    with pytest.raises(
        UnknownTarget, match=r"See: ssoenv list \. To look among the roles of a login: ssoenv login corp$"
    ):
        finding.find(["no-such-thing"], world.context)
    assert portal.calls.total() == 0


@pytest.mark.parametrize("ending", ["", "#/"])
def test_portal_with_two_sessions_grants_its_roles_once(listed, ending):
    """A legacy profile of the same portal, however that is spelled, makes no role ambiguous."""
    legacy = LEGACY._replace(start_url=START_URL + ending)
    config = listed.context.home / ".aws/config"
    config.write_text(
        config.read_text().replace(
            START_URL + "\nsso_region = eu-central-1\nsso_acc",
            f"{START_URL}{ending}\nsso_region = eu-central-1\nsso_acc",
        )
    )
    listed.log_in(legacy)
    inventory.refresh(legacy, listed.context, rate=1e6)
    found = finding.find(["Production", "ReadOnly"], listed.context)
    assert (found.name, found.session) == ("ProductionAccount/ReadOnly", CORP)


def test_sessions_of_two_users(listed, portal):
    """Two sessions of one portal may be two users': a role of both is found once, and one of either is found."""
    config = listed.context.home / ".aws/config"
    config.write_text(f"{CONFIG}\n{HEADER.replace('corp', 'second')}")
    second = CORP._replace(name="second")
    production, own = EXAMPLE.accounts[1], Account("111122223333", "OwnAccount", "own@example.com", ("OwnRole",))
    portal.organisation = replace(portal.organisation, accounts=(production, own))
    listed.log_in(second)
    inventory.refresh(second, listed.context, rate=1e6)
    assert finding.find(["OwnAccount"], listed.context).session == second
    assert finding.find(["Production", "ReadOnly"], listed.context).session == CORP


def test_portal_under_two_addresses(listed):
    """A role that two start URLs of one organisation lead to is one role."""
    address = "https://d-1234567890.awsapps.com/start"
    config = listed.context.home / ".aws/config"
    config.write_text(f"{CONFIG}\n{HEADER.replace('corp', 'other').replace(START_URL, address)}")
    other = CORP._replace(name="other", start_url=address)
    there = json.loads(file_of(CORP, listed.context).read_text())
    files.write_json(file_of(other, listed.context), {**there, "start_url": address})
    found = finding.find(["Production", "ReadOnly"], listed.context)
    assert (found.name, found.session) == ("ProductionAccount/ReadOnly", CORP)


@pytest.mark.parametrize("words", [["Developer", "ReadOnly"], ["123456789011/ReadOnly"], ["123456789011_ReadOnly"]])
def test_role_of_a_profile(listed, words):
    """However a role is called: one that a single profile stands for is that, and several may have one region."""
    found = finding.find(words, listed.context)
    assert (found.name, found.profile, found.region) == ("dev-readonly", "dev-readonly", "eu-central-1")
    assert finding.known(" ".join(words), listed.context) == found
    config = listed.context.home / ".aws/config"
    profile = CONFIG[CONFIG.index("[profile dev-readonly]") : CONFIG.index("[profile prod-readonly]")]
    config.write_text(f"{CONFIG}\n{profile.replace('dev-readonly', 'twin')}")
    found = finding.find(words, listed.context)
    assert (found.profile, found.region) == (None, "eu-central-1")
    config.write_text(config.read_text().removesuffix("region = eu-central-1\n\n") + "region = eu-west-1\n")
    assert finding.find(words, listed.context).region is None


def test_role_of_a_profile_by_what_its_session_says(listed):
    """The account of a profile may stand in its session alone."""
    account = "sso_account_id = 123456789011\n"
    text = CONFIG.replace(account, "", 1).replace("[sso-session corp]\n", f"[sso-session corp]\n{account}")
    dev = text[: text.index("[profile prod-readonly]")]
    (listed.context.home / ".aws/config").write_text(dev)
    assert finding.find(["123456789011/ReadOnly"], listed.context).profile == "dev-readonly"


def test_cached_of_roles_by_other_keys(world):
    """What is assumed by keys of the credentials file has none of a login's, and is not looked for at length."""
    aws = world.context.home / ".aws"
    role = "role_arn = arn:aws:iam::123456789022:role/deploy\nsource_profile = {}\n"
    roles = [f"[profile role-{number}]\n{role.format('base')}" for number in range(2000)]
    aws.joinpath("config").write_text("\n".join([CONFIG, *roles, f"[profile mine]\n{role.format('dev-readonly')}"]))
    aws.joinpath("credentials").write_text("[base]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n")
    begun = time.process_time()
    found = finding.key_files(CORP, config.load(world.context), world.context)
    assert len(found) == 5  # the four profiles of the session, and the role by one of them
    assert time.process_time() - begun < 5


def test_choices_are_the_profiles_and_the_other_roles(listed):
    """What a profile stands for is not there twice, and it is found by its account's name."""
    found = finding.choices(listed.context)
    assert found[0].profile == "dev-readonly"
    assert found[0].account_name == "DeveloperAccount"
    roles = [(target.account_id, target.role_name) for target in found if target.session == CORP]
    assert len(roles) == len(set(roles))


@pytest.mark.parametrize("count", [1, 2])
def test_choices_beside_broken_profiles(world, count):
    """Who only wants to choose is not told of each profile with a gap; what one is, is said."""
    broken = "".join(f"[profile broken{number}]\nsso_role_name = x\n" for number in range(count))
    (world.context.home / ".aws/config").write_text(CONFIG + broken)
    assert finding.choices(world.context)
    (told,) = world.said
    assert ("broken0" in told) if count == 1 else told == "ssoenv: 2 profiles can't be used. See: ssoenv list"


def test_first_list_is_told_of(world, portal, monkeypatch):
    """Who chooses before anything has been listed is told that there may be more; not so where nothing is started."""
    world.change(terminal=True)
    world.log_in()
    world.said.clear()
    for is_started in (True, False):
        monkeypatch.setattr(inventory, "refresh_in_background", lambda *_, started=is_started: started)
        assert finding.choices(world.context)
    (told,) = world.said
    assert told.startswith("The roles of corp are being listed.")


def test_old_list_is_listed_anew_in_the_background(listed, monkeypatch):
    """The picker takes an old list as it is, and lets it be listed behind the user's back."""
    started = []
    monkeypatch.setattr(inventory, "refresh_in_background", lambda session, *_: started.append(session))
    finding.choices(listed.context)
    assert started == []
    listed.clock.time += inventory.OLD_AFTER + 1
    listed.log_in()
    finding.choices(listed.context)
    assert started == [CORP]


def test_last_used_is_remembered_whatever_it_was_called(listed):
    """An alias and the profile that it stands for are one for the picker's order."""
    remembered.set_alias("p", "prod-admin", listed.context)
    assert finding.find(["p"], listed.context).key == finding.find(["prod-admin"], listed.context).key
    remembered.note_use("prod-admin", listed.context)
    assert json.loads((listed.context.cache_dir / "recent.json").read_text()) == {"names": ["prod-admin"]}
