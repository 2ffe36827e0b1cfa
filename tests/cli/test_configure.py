"""`ssoenv configure` with nobody to ask: one profile by its options, and all of them by `--all`."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from user import CONFIG

from ssoenv.demo.portal import Account, Organisation

URL = "https://my-sso-portal.awsapps.com/start"
SESSION = CONFIG[: CONFIG.index("\n[profile")]
PORTAL = {"--start-url": URL, "--sso-region": "eu-central-1", "--session": "corp"}
ROLE = {"--account": "123456789022", "--role": "ReadOnly", "--region": "eu-west-1"}
REST = {"--output": "json", "--profile": "my-dev-profile"}


def words(*options: dict[str, str]) -> list[str]:
    return [word for each in options for option in each.items() for word in option]


class TestOne:
    """One profile."""

    def test_all_options(self, logged_in):
        """Each question has an option; with all of them the file gets session and profile, without a question.

        The profile is offered at Tab from then on.
        """
        logged_in.config.unlink()
        done = logged_in.does("configure", *words(PORTAL, ROLE, REST), "--no-input")

        assert logged_in.config.read_text() == (
            "[sso-session corp]\nsso_start_url = https://my-sso-portal.awsapps.com/start\nsso_region = eu-central-1\n"
            "sso_registration_scopes = sso:account:access\n\n[profile my-dev-profile]\nsso_session = corp\n"
            "sso_account_id = 123456789022\nsso_role_name = ReadOnly\nregion = eu-west-1\noutput = json\n"
        )
        assert done.stdout == ""
        assert "To use it in this shell: ssouse my-dev-profile" in done.stderr.splitlines()
        names = (logged_in.home / ".cache" / "ssoenv" / "names").read_text("utf-8")
        assert "my-dev-profile\t123456789022 · ReadOnly\n" in names

    def test_defaults(self, logged_in):
        """What has a default needs no option: the only session, the output format, the profile's name."""
        logged_in.write_config(SESSION)
        logged_in.does("configure", *words(ROLE), "--no-input")

        assert logged_in.profiles()["123456789022_ReadOnly"] == {
            "sso_session": "corp",
            "sso_account_id": "123456789022",
            "sso_role_name": "ReadOnly",
            "region": "eu-west-1",
        }

    def test_another_kind(self, logged_in):
        """Of a profile that got its keys in another way nothing is left that SDKs would take before the role."""
        others = ("role_arn", "source_profile", "credential_source", "external_id", "mfa_serial", "role_session_name")
        others += ("duration_seconds", "web_identity_token_file", "credential_process", "login_session")
        others += ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        before = "".join(f"{key} = x\n" for key in others)
        logged_in.write_config(f"{SESSION}\n[profile my-dev-profile]\n{before}cli_pager = less\n")
        logged_in.does("configure", *words(PORTAL, ROLE, REST), "--no-input", "--force")

        assert logged_in.profiles()["my-dev-profile"] == {
            "cli_pager": "less",
            "sso_session": "corp",
            "sso_account_id": "123456789022",
            "sso_role_name": "ReadOnly",
            "region": "eu-west-1",
            "output": "json",
        }

    @pytest.mark.parametrize("no_input", [["--no-input"], []], ids=["no-input", "no terminal"])
    @pytest.mark.parametrize("missing", ["--account", "--role", "--region"])
    def test_missing_option(self, logged_in, missing, no_input):
        """What is missing is named by its option, and nothing is written."""
        given = {option: value for option, value in {**ROLE, **REST}.items() if option != missing}
        done = logged_in.ssoenv("configure", "--session", "corp", *words(given), *no_input)

        assert done.returncode == 2
        assert f"Add: {missing} " in done.stderr
        assert logged_in.config.read_text() == CONFIG

    def test_missing_start_url(self, user):
        """Without any session the start URL is missing."""
        user.config.unlink()
        done = user.ssoenv("configure", "--no-input")

        assert done.returncode == 2
        assert "Add: --start-url URL" in done.stderr

    def test_missing_sso_region(self, user, portal):
        """So is the region of a portal that does not tell it."""
        done = user.ssoenv("configure", "--no-input", "--start-url", f"{portal.url}/start")

        assert done.returncode == 2
        assert "Add: --sso-region REGION" in done.stderr

    def test_missing_session(self, user):
        """Of several sessions none is taken by itself."""
        user.write_config(CONFIG + SESSION.replace("corp", "club").replace("my-sso", "club"))
        done = user.ssoenv("configure", "--no-input")

        assert done.returncode == 2
        assert "Add: --session NAME" in done.stderr

    def test_not_logged_in(self, user):
        """Nobody is there to approve a login: the line to type logs in to a portal that is in no file yet."""
        user.config.unlink()
        done = user.ssoenv("configure", *words(PORTAL, ROLE, REST))

        assert done.returncode == 3
        line = f"ssoenv login --start-url {URL} --sso-region eu-central-1 --session corp"
        assert done.stderr.strip().endswith(f"Type: {line}")
        user.does(*line.split()[1:])
        user.does("configure", *words(PORTAL, ROLE, REST))

    @pytest.mark.parametrize(
        ("option", "value", "code", "said"),
        [
            ("--account", "Nowhere", 2, "No account fits Nowhere."),
            ("--account", "payments", 2, "Several accounts fit payments"),
            ("--role", "Owner", 4, "There are: AdministratorAccess, ReadOnly"),
            ("--region", "eu west", 2, "is not a region"),
            ("--region", "*=eu-west-1", 2, "is not a region"),
            ("--output", "xml", 2, "There are: json"),
            ("--profile", "$(id)", 2, "can't name a profile"),
            ("--session", "a b", 2, "can't name a session"),
            ("--start-url", "http://example.com", 2, "It looks like https://"),
            ("--sso-region", "us-east-1", 2, "There is a session corp already"),
        ],
    )
    def test_wrong_value(self, logged_in, option, value, code, said):
        """A value that means nothing is named, and nothing is written."""
        done = logged_in.ssoenv("configure", *words({**PORTAL, **ROLE, **REST, option: value}))

        assert done.returncode == code, done.stderr
        assert said in done.stderr
        assert logged_in.config.read_text() == CONFIG

    def test_existing_profile(self, logged_in):
        """A profile of another role is overwritten with --force only; the error says what it is."""
        given = words(PORTAL, {**ROLE, "--profile": "dev-readonly"})
        done = logged_in.ssoenv("configure", *given)
        assert done.returncode == 2
        assert "There is a profile dev-readonly already: ReadOnly in 123456789011 by corp" in done.stderr
        assert "--force" in done.stderr
        assert logged_in.config.read_text() == CONFIG

        logged_in.does("configure", *given, "--force")
        assert logged_in.config.read_text() == CONFIG.replace(
            "123456789011\nsso_role_name = ReadOnly\nregion = eu-central-1",
            "123456789022\nsso_role_name = ReadOnly\nregion = eu-west-1",
        )

    def test_legacy_session(self, logged_in):
        """A start URL without a session keeps its form: a session would need a login of its own."""
        legacy = CONFIG[CONFIG.index("[profile old-style]") :]
        logged_in.write_config(legacy)
        logged_in.does("login", URL)
        logged_in.does("configure", *words(ROLE, REST))

        assert logged_in.profiles()["my-dev-profile"]["sso_start_url"] == URL
        assert "sso-session" not in logged_in.config.read_text()

    def test_one_of_a_kind(self, logged_in):
        """Without --all an option means one thing."""
        for option in ("--account", "--role", "--region"):
            done = logged_in.ssoenv("configure", option, "a", option, "b")
            assert done.returncode == 2
            assert f"one {option} only" in done.stderr
        for option in (["--prune"], ["--dry-run"], ["--name", "{role}"]):
            assert logged_in.ssoenv("configure", *option).returncode == 2

    def test_read_only_file(self, logged_in):
        """A read-only file is left alone, and --to writes to another that works by itself."""
        logged_in.config.chmod(0o400)
        done = logged_in.ssoenv("configure", "--session", "corp", *words(ROLE, REST))
        assert done.returncode == 6
        assert "is read-only" in done.stderr

        other = logged_in.home / "other"
        logged_in.does("configure", "--session", "corp", *words(ROLE, REST), "--to", str(other))
        there = {"AWS_CONFIG_FILE": str(other)}
        logged_in.does("use", "my-dev-profile", "--shell", "sh", environ=there)


class TestAll:
    """A profile for each account and role."""

    @pytest.fixture(autouse=True)
    def organisation(self, portal):
        """Three accounts: two with one name, one with a name that is no profile's."""
        portal.organisation = Organisation(
            (
                Account("000000000001", "Dev", "dev@example.com", ("Admin", "ReadOnly")),
                Account("000000000002", "Prod", "prod@example.com", ("ReadOnly",)),
                Account("000000000003", "Prod", "prod3@example.com", ("ReadOnly",)),
                Account("000000000004", "\x1b[2J$(id)", "evil@example.com", ("ReadOnly",)),
            )
        )

    def test_all(self, logged_in):
        """Each role gets its profile; what was there keeps every byte; names that collide get the account's id."""
        done = logged_in.does("configure", "--all", "--session", "corp", "--region", "eu-west-1")

        assert logged_in.config.read_text().startswith(CONFIG)
        new = logged_in.profiles().keys() - {"dev-readonly", "prod-readonly", "prod-admin", "not-mine", "old-style"}
        assert new == {
            *("Dev-Admin", "Dev-ReadOnly", "2J-id-ReadOnly"),
            *("Prod-ReadOnly-000000000002", "Prod-ReadOnly-000000000003"),
        }
        assert "5 added, 0 updated, 0 removed, 0 unchanged." in done.stderr
        assert "Named Prod-ReadOnly-000000000003: " in done.stderr
        assert "To use it in this shell: ssouse " in done.stderr
        assert "\x1b" not in done.stderr
        logged_in.does("use", "Dev-Admin", "--shell", "sh")

    def test_the_file_is_emptied_meanwhile(self, logged_in, portal):
        """Another program that is about to write the file anew is not overtaken."""
        portal.latency = 0.3
        process = logged_in.start("configure", "--all", "--session", "corp")
        while not portal.calls["ListAccounts"]:
            assert process.poll() is None
            time.sleep(0.01)
        logged_in.write_config("")

        assert process.communicate(timeout=30)[1].endswith("Nothing was written. Try again.\n")
        assert process.returncode == 6
        assert logged_in.config.read_text() == ""

    def test_only_session(self, logged_in):
        """The only session needs no name, and --no-input nothing else."""
        logged_in.write_config(SESSION)
        done = logged_in.does("configure", "--all", "--no-input")

        assert "5 added" in done.stderr
        assert "The new profiles have no region." in done.stderr

    def test_rules(self, logged_in):
        """Globs choose accounts and roles, rules their region, a template their names."""
        logged_in.write_config(SESSION)
        done = logged_in.does(
            *("configure", "--all", "--account", "dev", "--account", "*3", "--role", "read*", "--output", "json"),
            *("--name", "{account_id}_{role}", "--region", "us-east-1", "--region", "prod=eu-west-1"),
            *("--region", "nobody-*=eu-west-2"),
        )

        assert [line for line in done.stderr.splitlines() if "Careful" in line] == [
            "Careful: --region nobody-*=… fits none of your accounts. See: ssoenv accounts"
        ]
        regions = {name: (found["region"], found["output"]) for name, found in logged_in.profiles().items()}
        assert regions == {
            "000000000001_ReadOnly": ("us-east-1", "json"),
            "000000000003_ReadOnly": ("eu-west-1", "json"),
        }

    def test_dry_run(self, logged_in):
        """A dry run prints the diff that makes the new file of the old one, and writes nothing."""
        logged_in.write_config(SESSION)
        done = logged_in.does("configure", "--all", "--dry-run", "--role", "Admin")

        assert logged_in.config.read_text() == SESSION
        assert done.stdout.splitlines()[:2] == [f"--- {logged_in.config}", f"+++ {logged_in.config}"]
        added = [line[1:] for line in done.stdout.splitlines()[2:] if line.startswith("+")]
        assert "[profile Dev-Admin]" in added
        assert "Nothing was written." in done.stderr
        logged_in.ssoenv("configure", "--all", "--role", "Admin")
        assert logged_in.config.read_text() == SESSION + "".join(f"{line}\n" for line in added)
        assert logged_in.ssoenv("configure", "--all", "--dry-run", "--role", "Admin").stdout == ""

    def test_dry_run_is_escaped(self, logged_in):
        """Lines of the user's file that could steer the terminal are shown escaped."""
        logged_in.write_config(f"{SESSION}# \x1b[2J\n")
        done = logged_in.ssoenv("configure", "--all", "--dry-run")

        assert " # \\x1b[2J" in done.stdout.splitlines()
        assert "\x1b" not in done.stdout

    def test_prune(self, logged_in, portal):
        """Roles that are gone lose the profile that was written for them, with --prune only; the user's stay."""
        logged_in.ssoenv("configure", "--all", "--session", "corp")
        accounts = portal.organisation.accounts
        portal.organisation = Organisation((replace(accounts[0], roles=("ReadOnly",)), *accounts[1:]))
        kept = logged_in.ssoenv("configure", "--all", "--session", "corp")
        assert "Dev-Admin" in logged_in.profiles(), kept.stderr
        done = logged_in.ssoenv("configure", "--all", "--session", "corp", "--prune")

        assert "Removed: Dev-Admin." in done.stderr
        assert "Dev-Admin" not in logged_in.profiles()
        assert logged_in.config.read_text().startswith(CONFIG)

    def test_region_not_given(self, logged_in):
        """Without --region a second run writes nothing, as that of each profile stays; an empty one takes it out."""
        logged_in.ssoenv("configure", "--all", "--session", "corp", "--region", "eu-west-1", "--output", "json")
        before = logged_in.config.read_bytes(), logged_in.config.stat().st_ino
        done = logged_in.ssoenv("configure", "--all", "--session", "corp", "--prune")

        assert "0 added, 0 updated, 0 removed, 5 unchanged." in done.stderr
        assert (logged_in.config.read_bytes(), logged_in.config.stat().st_ino) == before
        done = logged_in.ssoenv("configure", "--all", "--session", "corp", "--region", "")
        assert "5 updated" in done.stderr
        assert "region" not in logged_in.profiles()["Dev-Admin"]
        assert logged_in.profiles()["Dev-Admin"]["output"] == "json"

    def test_changed_by_hand(self, logged_in):
        """A profile that was changed by hand is the user's from then on, and that is said."""
        logged_in.ssoenv("configure", "--all", "--session", "corp")
        text = logged_in.config.read_text().replace("[profile Dev-Admin]", "[profile Dev-Admin]\nregion = sa-east-1")
        logged_in.write_config(text)
        done = logged_in.ssoenv("configure", "--all", "--session", "corp", "--region", "eu-west-1", "--role", "Admin")

        assert "Left alone Dev-Admin: " in done.stderr
        assert logged_in.config.read_text() == text

    def test_nothing_fits(self, logged_in):
        """That no account fits is said."""
        done = logged_in.does("configure", "--all", "--session", "corp", "--account", "nowhere")

        assert "None of your accounts and roles fits." in done.stderr
        assert logged_in.config.read_text() == CONFIG

    def test_nothing_granted(self, logged_in, portal):
        """A login that grants nothing is an error, and prunes nothing."""
        logged_in.ssoenv("configure", "--all", "--session", "corp")
        before = logged_in.config.read_bytes()
        portal.organisation = Organisation(())
        done = logged_in.ssoenv("configure", "--all", "--session", "corp", "--prune")

        assert done.returncode == 4
        assert logged_in.config.read_bytes() == before

    def test_many_are_not_all_named(self, logged_in, portal):
        """Of many the first ten are named."""
        portal.organisation = Organisation.sized(12, 1)
        done = logged_in.ssoenv("configure", "--all", "--session", "corp")

        assert "account-00010-Role1 and 2 more." in done.stderr
        assert "account-00011" not in done.stderr

    def test_to(self, logged_in):
        """--to FILE writes there, the session too, and leaves the config file alone."""
        other = logged_in.home / "all"
        done = logged_in.does("configure", "--all", "--session", "corp", "--to", str(other))

        assert f"let AWS_CONFIG_FILE name {other}." in done.stderr
        assert logged_in.config.read_text() == CONFIG
        there = {"AWS_CONFIG_FILE": str(other)}
        logged_in.does("use", "Dev-Admin", "--shell", "sh", environ=there)

    @pytest.mark.parametrize("option", [["--profile", "x"], ["--force"]])
    def test_options_of_one(self, logged_in, option):
        """What is for one profile is refused."""
        done = logged_in.ssoenv("configure", "--all", "--session", "corp", *option)

        assert done.returncode == 2
        assert f"{option[0]} is not for --all." in done.stderr
