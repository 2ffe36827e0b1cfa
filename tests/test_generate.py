"""`configure --all`: a profile for each role that is granted, and nothing of the user's changed."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from botocore.configloader import load_config
from contexts import context_of
from killed import killed_at_rename

from ssoenv.aws.config import Session, read
from ssoenv.aws.edit import Draft
from ssoenv.errors import ConfigError, UsageError
from ssoenv.generate import FIELDS, Grant, Plan, Rules, apply, diff, plan, written

URL = "https://d-1234567890.awsapps.com/start"
CORP = Session("corp", URL, "eu-west-1", ("sso:account:access",))
LEGACY = Session(None, URL, "eu-west-1", None)
CORP_TEXT = f"""\
[sso-session corp]
sso_start_url = {URL}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""


def grant(account: str = "dev", number: int = 1, role: str = "Admin", session: Session = CORP) -> Grant:
    """Return a role in the account with that name and number."""
    return Grant(session, f"{number:012}", account, f"{account}@example.com", role)


def profile_text(name: str, number: int = 1, role: str = "Admin", more: str = "") -> str:
    """Return the text of the profile of a `grant`."""
    return f"[profile {name}]\nsso_session = corp\nsso_account_id = {number:012}\nsso_role_name = {role}\n{more}"


class Home:
    """A config file and the file that remembers what was written to it."""

    def __init__(self, folder: Path) -> None:
        self.context = context_of(folder)
        self.config = folder / ".aws" / "config"
        self.state = folder / "state" / "written.json"
        self.config.parent.mkdir()

    def apply(self, *grants: Grant, prune: bool = False, config: Path | None = None, **rules: object) -> Plan:
        """Run `apply`."""
        return apply(config or self.config, self.state, grants, Rules(**rules), self.context, prune=prune)

    def profiles(self) -> dict[str, dict[str, str]]:
        """Return the profiles as botocore reads them."""
        return load_config(str(self.config))["profiles"]

    def roles(self) -> dict[str, str]:
        """Return the account's number and the role of each profile."""
        return {
            name: f"{int(settings['sso_account_id'])}/{settings['sso_role_name']}"
            for name, settings in self.profiles().items()
        }


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home without a config file."""
    return Home(tmp_path)


class TestWritten:
    """What comes into the file."""

    def test_all(self, home):
        """Each role becomes a profile, below the session that they share."""
        made = home.apply(grant("dev"), grant("prod", 2), grant("prod", 2, "ReadOnly"))

        expected = [
            CORP_TEXT,
            profile_text("dev-Admin"),
            profile_text("prod-Admin", 2),
            profile_text("prod-ReadOnly", 2, "ReadOnly"),
        ]
        assert home.config.read_text() == "\n".join(expected)
        assert made.added == ["dev-Admin", "prod-Admin", "prod-ReadOnly"]

    def test_again(self, home):
        """A second run, with the listing in another order, changes nothing."""
        grants = [grant("dev"), grant("dev", 2), grant("prod", 3)]
        home.apply(*grants)
        before = home.config.read_bytes(), home.state.read_bytes()
        made = home.apply(*reversed(grants), prune=True)

        assert made.changes == {}
        assert len(made.unchanged) == 3
        assert (home.config.read_bytes(), home.state.read_bytes()) == before

    def test_legacy_session(self, home):
        """For a start URL without a session each profile has the URL."""
        home.apply(grant(session=LEGACY))

        assert home.profiles()["dev-Admin"]["sso_start_url"] == URL
        assert home.profiles()["dev-Admin"]["sso_region"] == "eu-west-1"

    def test_session_that_is_there(self, home):
        """A session that is in the file is used as it is."""
        before = f"# ours\n[sso-session corp]\nsso_start_url={URL}\nsso_region=eu-west-1\n"
        home.config.write_text(before)
        home.apply(grant())

        assert home.config.read_text() == f"{before}\n{profile_text('dev-Admin')}"

    def test_other_session_of_that_name(self, home):
        """A session of the same name for another portal stops the run, and nothing is written."""
        before = CORP_TEXT.replace("d-1234567890", "other")
        home.config.write_text(before)
        with pytest.raises(ConfigError, match="sso-session corp with another start URL"):
            home.apply(grant())

        assert home.config.read_text() == before
        assert not home.state.exists()

    def test_region_and_output(self, home):
        """The first glob that matches the account gives the region, a bare region is for the rest."""
        regions = ("eu-west-1", "Prod-*=us-east-1", "prod-x=us-west-2", "000000000004=eu-north-1")
        grants = [grant("dev"), grant("prod-x", 2), grant("test", 4)]
        home.apply(*grants, regions=regions, output="json")

        found = {name: (one["region"], one["output"]) for name, one in home.profiles().items()}
        assert found == {
            "dev-Admin": ("eu-west-1", "json"),
            "prod-x-Admin": ("us-east-1", "json"),
            "test-Admin": ("eu-north-1", "json"),
        }

    def test_settings_changed(self, home):
        """A rule changes what it gives in the profiles that ssoenv wrote; an empty value takes the line out."""
        home.apply(grant(), regions=("eu-west-1",), output="json")
        made = home.apply(grant(), regions=("us-east-1",), output="")

        assert made.updated == ["dev-Admin"]
        assert home.config.read_text() == CORP_TEXT + "\n" + profile_text("dev-Admin", more="region = us-east-1\n")
        assert home.apply(grant(), regions=("us-east-1",)).unchanged == ["dev-Admin"]

    @pytest.mark.parametrize("regions", [(), ("prod=us-east-1",)])
    def test_settings_not_given(self, home, regions):
        """Region and output that no rule gives stay in a profile that ssoenv wrote, also when others are pruned."""
        home.apply(grant(), grant("gone", 2), regions=("eu-west-1",), output="json")
        made = home.apply(grant(), regions=regions, prune=True)

        assert (made.unchanged, made.removed) == (["dev-Admin"], ["gone-Admin"])
        found = home.profiles()["dev-Admin"]
        assert (found["region"], found["output"]) == ("eu-west-1", "json")

    def test_order(self, home):
        """New profiles stand in the order of their names, whatever their accounts' ids."""
        home.apply(grant("b", 1), grant("c", 2), grant("a", 3), grant("b", 1, "A"))

        assert list(home.profiles()) == ["a-Admin", "b-A", "b-Admin", "c-Admin"]

    def test_filter(self, home):
        """Globs pick accounts by name or id, and roles, in any case of letters."""
        grants = [
            grant(name, n, role) for n, name in enumerate(["Prod-a", "prod-b", "dev"]) for role in ("Admin", "RO")
        ]

        def picked(**rules):
            return plan(Draft(home.config, None), grants, Rules(**rules), (), prune=False).added

        assert picked(accounts=("prod-*",), roles=("a*",)) == ["Prod-a-Admin", "prod-b-Admin"]
        assert picked(accounts=("000000000002", "PROD-B"), roles=("ro",)) == ["dev-RO", "prod-b-RO"]
        assert picked(accounts=("nothing",)) == []


class TestNames:
    """Names that every SDK takes, each for one role for ever."""

    @pytest.mark.parametrize(
        ("account", "template", "name"),
        [
            ("Prod (EU) / main", "{account}-{role}", "Prod-EU-/-main-Admin"),
            ("日本", "{account}-{role}", "000000000001-Admin"),
            ("--all", "{account}", "all"),
            ("$(touch x);`id`\n[profile y]\x1b\u202e", "{account}", "touch-x-id-profile-y"),
            ("../../x", "{account}", "../../x"),
            ("{role}", "{account}.{role}", "role.Admin"),
            ("dev", "{session}: {email} {account_id}", "corp:-dev@example.com-000000000001"),
            ("default", "{account}", "default-000000000001"),
            ("Büro Zürich", "{account}-{role}", "Buro-Zurich-Admin"),
        ],
    )
    def test_safe(self, home, account, template, name):
        """Accents go, others become a dash, a name of nothing else the account's id; the default profile stays free."""
        home.apply(grant(account), name=template)

        assert list(home.profiles()) == [name]

    @pytest.mark.parametrize(
        "template", ["{name}", "{account.__class__}", "{account!r}", "{}", "x", "{account", "a}{role}"]
    )
    def test_template(self, template):
        """A template that means nothing is refused."""
        with pytest.raises(UsageError):
            Rules(name=template)

    def test_fields(self, home):
        """Each field that is offered has a value."""
        home.apply(grant(), name="+".join(f"{{{name}}}" for name in FIELDS))

        assert list(home.profiles()) == ["dev+000000000001+Admin+dev@example.com+corp"]

    def test_region_rule(self):
        """A region that can't be one is refused."""
        with pytest.raises(UsageError, match='"Ireland" is not a region'):
            Rules(regions=("prod-*=Ireland",))

    def test_collision(self, home):
        """Accounts of one name get their ids, several roles that the template does not tell apart a number."""
        grants = [grant("dev", 2, "B"), grant("dev", 1), grant("dev", 2, "A"), grant("dev.", 3), grant("dev!", 4)]
        made = home.apply(*grants, name="{account}")

        assert home.roles() == {
            "dev-000000000001": "1/Admin",
            "dev-000000000002": "2/A",
            "dev-000000000002-2": "2/B",
            "dev.": "3/Admin",
            "dev-000000000004": "4/Admin",
        }
        assert made.renamed["dev-000000000002-2"] == "the template makes it dev, but several have that name"
        assert "dev." not in made.renamed

    def test_name_keeps_its_meaning(self, home):
        """An account that comes later, with a name in use, gets another one, however the accounts are ordered."""
        home.apply(grant("dev", 5))
        made = home.apply(grant("dev", 5), grant("dev", 1))

        assert home.roles() == {"dev-Admin": "5/Admin", "dev-Admin-000000000001": "1/Admin"}
        assert made.unchanged == ["dev-Admin"]

    def test_name_is_not_handed_on(self, home):
        """A name whose role is no longer granted does not pass to another role, not even while it is pruned."""
        home.apply(grant("dev", 5))
        made = home.apply(grant("dev", 1), prune=True)

        assert made.removed == ["dev-Admin"]
        assert home.roles() == {"dev-Admin-000000000001": "1/Admin"}


class TestUsers:
    """What the user wrote, or changed, is left alone."""

    def test_same_name(self, home):
        """A profile of the user's with a wanted name stays; ours gets another name, and that is said."""
        before = "[profile dev-Admin]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = y\n"
        home.config.write_text(before)
        made = home.apply(grant())

        assert home.config.read_text().startswith(before)
        assert made.added == ["dev-Admin-000000000001"]
        assert made.renamed == {"dev-Admin-000000000001": "the template makes it dev-Admin, but that name is taken"}

    def test_same_role(self, home):
        """A profile of the user's for the same role under the same name is left as it is."""
        before = CORP_TEXT + profile_text("dev-Admin", more="region=eu-north-1\n")
        home.config.write_text(before)
        made = home.apply(grant(), regions=("eu-west-1",), prune=True)

        assert home.config.read_text() == before
        assert list(made.skipped) == ["dev-Admin"]
        assert home.apply(prune=True).removed == []

    def test_same_role_twice(self, home):
        """Of two profiles for a role, the user's and ours, ours is the one that is kept up to date."""
        home.config.write_text(CORP_TEXT + profile_text("dev-Admin", 2))
        (ours,) = home.apply(grant()).added
        home.config.write_text(home.config.read_text().replace(f"{2:012}", f"{1:012}"))
        made = home.apply(grant(), output="json")

        assert (made.updated, made.skipped) == ([ours], {})
        assert "output" not in home.profiles()["dev-Admin"]

    def test_changed_since(self, home):
        """A profile that ssoenv wrote and the user changed since is the user's: not updated, not pruned."""
        home.apply(grant(), grant("prod", 2))
        text = home.config.read_text().replace("Admin\n\n", "Admin\n# mine\nregion = x-1\n\n")
        home.config.write_text(text)

        assert list(home.apply(grant(), grant("prod", 2), output="json").skipped) == ["dev-Admin"]
        assert "no longer have its role" in home.apply(grant("prod", 2), prune=True).skipped["dev-Admin"]
        assert home.roles().keys() == {"dev-Admin", "prod-Admin"}
        assert "# mine\nregion = x-1\n" in home.config.read_text()

    def test_read_only(self, home):
        """A read-only file stays, and so does what is remembered of it."""
        home.apply(grant())
        home.config.chmod(0o444)
        before = home.config.read_bytes()
        with pytest.raises(ConfigError, match="read-only"):
            home.apply(grant(), grant("prod", 2), output="json")
        assert home.config.read_bytes() == before
        home.config.chmod(0o600)

        assert home.apply(grant("prod", 2), prune=True).removed == ["dev-Admin"]

    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_killed(self, home, tmp_path, number):
        """A run killed at any of its writes leaves no profile behind that the next run does not know as ours."""
        home.apply(grant("dev"), grant("gone", 3))
        killed_at_rename(tmp_path, number, RUN, home.config, home.state)
        home.apply(grant("dev"), grant("prod", 2), output="text", prune=True)

        assert home.roles() == {"dev-Admin": "1/Admin", "prod-Admin": "2/Admin"}
        assert {settings["output"] for settings in home.profiles().values()} == {"text"}


RUN = """
import sys
from pathlib import Path
from ssoenv.aws.config import Session
from ssoenv.context import Context
from ssoenv.generate import Grant, Rules, apply

session = Session("corp", "https://d-1234567890.awsapps.com/start", "eu-west-1", ("sso:account:access",))
grants = [Grant(session, f"{n:012}", name, "", "Admin") for n, name in ((1, "dev"), (2, "prod"))]
apply(Path(sys.argv[1]), Path(sys.argv[2]), grants, Rules(output="json"), Context.system(print), prune=True)
"""


class TestPruned:
    """With --prune go the profiles that ssoenv wrote, and whose role is no longer granted."""

    def test_no_longer_granted(self, home):
        """Ours go, and the file is as it would be without them; the user's of the same account stay."""
        home.config.write_text(f"# mine\n{CORP_TEXT}{profile_text('hand', 2)}")
        home.apply(grant("dev"))
        before = home.config.read_bytes()
        home.apply(grant("dev"), grant("prod", 2))
        made = home.apply(grant("dev"), prune=True)

        assert made.removed == ["prod-Admin"]
        assert home.config.read_bytes() == before

    def test_not_asked(self, home):
        """Without --prune they stay, and can be pruned later."""
        home.apply(grant("dev"), grant("prod", 2))

        assert home.apply(grant("dev")).removed == []
        assert home.apply(grant("dev"), prune=True).removed == ["prod-Admin"]

    def test_filtered(self, home):
        """What is granted, but not picked this time, stays."""
        grants = [grant("dev"), grant("dev", 1, "RO")]
        home.apply(*grants)

        assert home.apply(*grants, prune=True, roles=("RO",)).removed == []

    def test_other_session(self, home):
        """Profiles of a session that was not listed stay."""
        home.apply(grant("dev"))
        other = Session("other", "https://other.awsapps.com/start", "us-east-1", None)

        assert home.apply(grant("x", 9, session=other), prune=True).removed == []

    def test_file_by_file(self, home, tmp_path):
        """What was written to one file gives no right to prune in another."""
        home.apply(grant("dev"), grant("prod", 2))
        other = tmp_path / "other"
        other.write_bytes(home.config.read_bytes())

        assert home.apply(grant("dev"), config=other, prune=True).removed == []

    def test_memory_is_private(self, home):
        """The file that remembers holds names and digests, is the user's alone, and forgets what is gone."""
        home.apply(grant("dev"), grant("prod", 2))
        home.apply(grant("dev"), prune=True)

        if os.name != "nt":
            assert stat.S_IMODE(home.state.stat().st_mode) == 0o600
        content = json.loads(home.state.read_text())
        assert list(content) == [os.path.realpath(home.config)]
        assert list(content[os.path.realpath(home.config)].values()) == ["dev-Admin"]

    def test_linked_file(self, home):
        """A file is the same by whichever link to it: what was written by one is known by the other."""
        link = home.config.with_name("link")
        link.symlink_to(home.config)
        home.apply(grant(), grant("gone", 2), config=link)

        assert home.apply(grant(), prune=True).removed == ["gone-Admin"]

    def test_broken_memory(self, home):
        """A memory that can't be read as such claims nothing."""
        home.apply(grant("dev"))
        for number, text in enumerate(('{"x": ', json.dumps({os.path.realpath(home.config): ["dev-Admin"]})), 2):
            home.state.write_text(text)
            assert home.apply(grant("prod", number), prune=True).removed == []


HAND_WRITTEN = "".join(
    f"# account {n} \u2028 \u00fc\n[profile hand{n}]\n s3 =\n   max_concurrent_requests = 20\n\n"
    f"   addressing_style=path\n Unknown_Key : a ; b\n\n; [profile old{n}]\n\t\n"
    for n in range(20)
)


class TestProcess:
    """Profiles whose credentials come by ssoenv as the credential_process."""

    @pytest.mark.parametrize("session", [CORP, LEGACY], ids=["session", "start URL"])
    def test_to_and_fro(self, home, session):
        """They replace the SSO profiles of the same roles, stay what they are, and can be replaced by these again."""
        grants = [grant("dev", session=session), grant("prod", 2, session=session)]
        home.apply(*grants, regions=("eu-west-1",))
        before = home.config.read_text()
        assert home.apply(*grants, process=True).updated == ["dev-Admin", "prod-Admin"]
        profiles = home.profiles()
        assert [list(settings) for settings in profiles.values()] == [["region", "credential_process"]] * 2
        assert " credential-process 000000000001/Admin -" in profiles["dev-Admin"]["credential_process"]
        assert home.apply(*grants, output="").unchanged == ["dev-Admin", "prod-Admin"]
        assert home.apply(*grants, process=False).updated == ["dev-Admin", "prod-Admin"]
        found = home.profiles()
        home.config.write_text(before)
        assert found == home.profiles()

    def test_pruned(self, home):
        """Those of roles that are no longer granted go, and the user's own for the same role stay."""
        home.apply(grant("dev"), grant("gone", 2), process=True)
        line = home.profiles()["gone-Admin"]["credential_process"]
        with home.config.open("a") as file:
            file.write(f"\n[profile mine]\ncredential_process = {line}\n")
        made = home.apply(grant("dev"), prune=True)
        assert (made.removed, made.unchanged) == (["gone-Admin"], ["dev-Admin"])
        assert home.profiles().keys() == {"dev-Admin", "mine"}


class TestMany:
    """A thousand accounts with three roles each."""

    def test_kept(self, home):
        """200 lines of comments, nested values and unknown keys are kept byte for byte, and all roles come and go."""
        assert HAND_WRITTEN.count("\n") == 200
        before = HAND_WRITTEN.encode()
        home.config.write_bytes(before)
        hand = home.profiles()
        grants = [grant(f"Team {n}", n, role) for n in range(1000) for role in ("Admin", "ReadOnly", "Billing")]
        made = home.apply(*grants)

        assert len(made.added) == 3000
        assert home.config.read_bytes().startswith(before)
        profiles = home.profiles()
        assert len(profiles) == 3020
        assert {name: profiles[name] for name in hand} == hand
        assert profiles["Team-471-ReadOnly"] == {
            "sso_session": "corp",
            "sso_account_id": "000000000471",
            "sso_role_name": "ReadOnly",
        }
        assert len(home.apply(*grants, prune=True).unchanged) == 3000
        assert len(home.apply(grants[0], prune=True).removed) == 2999
        assert home.config.read_text() == f"{HAND_WRITTEN}\n{CORP_TEXT}\n{profile_text('Team-0-Admin', 0)}"

    def test_dry_run(self, home):
        """The difference is shown, and nothing is written."""
        before = HAND_WRITTEN.encode()
        home.config.write_bytes(before)
        draft = Draft(home.config, read(home.config))
        made = plan(draft, [grant()], Rules(), written(home.state, home.config, home.context), prune=True)
        lines = diff(draft.data, draft.edited(made.changes).data, home.config).split("\n")

        assert lines[:2] == [f"--- {home.config}", f"+++ {home.config}"]
        assert not [line for line in lines[2:] if line.startswith("-")]
        added = [line[1:] for line in lines[2:] if line.startswith("+")]
        assert "\n".join(added).strip("\n") == f"{CORP_TEXT}\n{profile_text('dev-Admin')}".strip("\n")
        assert home.config.read_bytes() == before
        assert not home.state.exists()

    def test_no_difference(self):
        """Equal contents have no difference."""
        assert diff(b"[a]\r\n", b"[a]\r\n", Path("config")) == ""
