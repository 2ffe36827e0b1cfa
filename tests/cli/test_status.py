"""`ssoenv status`."""

from __future__ import annotations

import json
import re
import shlex
import socket
from dataclasses import replace

import pytest
from user import CONFIG, new_user

from ssoenv.aws.sts import Identity
from ssoenv.demo.portal import Portal
from ssoenv.environment import active
from ssoenv.status import Status


def switch(user):
    """Make the environment of *user* that of a switch to dev-readonly."""
    for line in user.ssoenv("use", "dev-readonly", "--shell", "sh").stdout.splitlines():
        if line.startswith("export "):
            name, _, value = shlex.split(line)[1].partition("=")
            user.environ[name] = value


@pytest.fixture(scope="module")
def portal():
    """Return a portal for all of these tests."""
    with Portal(auto_approve=True) as portal:
        yield portal


@pytest.fixture(scope="module")
def switched(tmp_path_factory, portal):
    """Return a user who has switched to dev-readonly, for all tests that leave the environment and the login alone."""
    user = new_user(tmp_path_factory.mktemp("switched") / "home", portal)
    switch(user)
    return user


def test_not_switched(user):
    """A shell that is not switched is said to be none."""
    done = user.does("status")
    assert "this shell is not switched. Type: ssouse NAME" in done.stdout


def test_two_lives(switched):
    """Credentials and login are shown apart, each with its time."""
    out = switched.ssoenv("status").stdout
    assert re.search(r"^profile +dev-readonly$", out, re.MULTILINE)
    assert re.search(r"^account +123456789011$", out, re.MULTILINE)
    assert re.search(r"^credentials +until .* \(5\d min left\)$", out, re.MULTILINE)
    assert re.search(r"^login +corp: until .* \(5\d min left\), then renewed by itself$", out, re.MULTILINE)


def test_json(switched):
    """--json tells the same to programs."""
    found = json.loads(switched.ssoenv("status", "--json").stdout)
    assert found["profile"] == "dev-readonly"
    assert found["account_id"] == found["key_account_id"] == "123456789011"
    assert found["agrees"] is True
    assert found["login_refreshes"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["credentials_expiration"])


def test_verify_asks_aws(switched, portal):
    """--verify gets the identity from STS with the shell's own keys."""
    before = portal.calls["GetCallerIdentity"]
    done = switched.does("status", "--verify")
    assert "AWS agrees: arn:aws:sts::123456789011:assumed-role/AWSReservedSSO_ReadOnly" in done.stderr
    assert portal.calls["GetCallerIdentity"] == before + 1


def keys_of(user, name, *others):
    """Return the variables that hold the keys of the profile *name*, and what else of its switch is asked for."""
    code = user.does("use", name, "--shell", "sh").stdout
    names = "|".join(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", *others))
    return dict(re.findall(rf"^export ({names})='(.*)'$", code, re.MULTILINE))


def test_verify_shouts_when_aws_disagrees(switched):
    """Keys of another account than the label, by STS's word, are an error."""
    keys = keys_of(switched, "prod-admin")
    done = switched.ssoenv("status", "--verify", environ=keys)
    assert done.returncode == 1
    assert "CAREFUL: AWS says these keys are arn:aws:sts::123456789022:" in done.stderr
    assert done.stderr.count("CAREFUL") == 1
    found = switched.ssoenv("status", "--verify", "--json", environ=keys)
    assert json.loads(found.stdout)["agrees"] is False


def test_verify_shouts_when_the_role_is_another(switched):
    """So are keys of another role of that account, which no key tells by itself."""
    labels = keys_of(switched, "prod-readonly", "AWS_SSO_[A-Z_]+")
    done = switched.ssoenv("status", "--verify", environ={**labels, **keys_of(switched, "prod-admin")})
    assert done.returncode == 1
    assert "assumed-role/AWSReservedSSO_AdministratorAccess_" in done.stderr
    assert ", not role ReadOnly as labelled. Something else has set them. Type: ssouse prod-readonly" in done.stderr


@pytest.mark.parametrize(
    ("arn", "is_it"),
    [
        ("arn:aws:sts::123456789011:assumed-role/AWSReservedSSO_Read+Only_0123456789abcdef/jane", True),
        ("arn:aws:sts::123456789011:assumed-role/AWSReservedSSO_read+only_0123456789abcdef/jane", True),
        ("arn:aws:sts::123456789011:assumed-role/Read+Only/jane", True),
        ("arn:aws:sts::123456789011:federated-user/jane", True),
        ("arn:aws:sts::123456789011:assumed-role/AWSReservedSSO_Read+Only_Prod_0123456789abcdef/jane", False),
        ("arn:aws:sts::123456789011:assumed-role/Admin/Read+Only", False),
    ],
)
def test_role_by_arn(arn, is_it):
    """An SSO role's own name stands in a longer one; what is no role that was assumed is no contradiction."""
    assert Identity("123456789011", arn).may_be("Read+Only") is is_it


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("AWS_SESSION_TOKEN", "another", "InvalidClientTokenId"),
        ("AWS_SECRET_ACCESS_KEY", "another", "SignatureDoesNotMatch"),
    ],
)
def test_verify_of_keys_that_aws_rejects(switched, name, value, code):
    """Keys that AWS does not accept are no failure of the service: a switch gets new ones."""
    done = switched.ssoenv("status", "--verify", environ={name: value})
    assert done.returncode == 1
    assert done.stderr == f"ssoenv: AWS does not accept the keys in this shell ({code}). Type: ssouse dev-readonly\n"


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("AWS_ACCESS_KEY_ID", "\r"),
        ("AWS_SECRET_ACCESS_KEY", "\r"),
        ("AWS_SESSION_TOKEN", "\r"),
        ("AWS_SESSION_TOKEN", "é"),
    ],
)
def test_verify_shows_no_key_that_is_none(switched, name, odd):
    """A key with a line end, as of a file of Windows, or beyond ASCII fits no request; it is not quoted either."""
    done = switched.ssoenv("status", "--verify", environ={name: f"TOP-SECRET{odd}"})
    assert done.returncode == 1
    assert done.stderr == (
        f"ssoenv: {name} holds a character that is in no key, such as a line end. Type: ssouse dev-readonly\n"
    )


def test_verify_of_keys_without_a_label(switched):
    """Where nothing says whose the keys should be, there is nothing for AWS to agree with."""
    unlabelled = {name: value for name, value in switched.environ.items() if not name.startswith("AWS_SSO_")}
    done = replace(switched, environ=unlabelled).does("status", "--verify")
    assert done.stderr.startswith("AWS says these keys are: arn:aws:sts::123456789011:")


@pytest.mark.parametrize(("account", "agrees"), [("123456789011", True), ("123456789022", False)])
def test_what_aws_says_counts(account, agrees):
    """Of keys that do not tell their account, AWS's word is held against the label."""
    labels = {"AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE", "AWS_SSO_ACCOUNT_ID": "123456789011"}
    found = Status(active(labels), key_account=None, session=None, token=None, profile=None)
    assert found.agrees(None) is None
    assert found.agrees(Identity(account, "arn")) is agrees


def test_label_is_checked_offline(switched, portal):
    """Keys that another tool has put there are noticed by their id, without any call."""
    before = portal.calls.total()
    done = switched.ssoenv("status", environ={"AWS_ACCESS_KEY_ID": "ASIAQNZGKIQY56JQ7WML"})
    assert done.returncode == 1
    assert "labelled dev-readonly, account 123456789011, but its keys are of account 029608264753" in done.stderr
    assert portal.calls.total() == before


def test_keys_of_another_role_are_noticed_by_their_end(switched):
    """Other keys of the label's account are noticed offline by the end that was set with them."""
    environ = {"SSOENV_EXPIRATION": "1796096481"}
    for end in ("2026-12-01T03:41:21Z", "2026-12-01T03:41:21.700000+00:00"):  # the same, with a fraction
        switched.does("status", environ={**environ, "AWS_CREDENTIAL_EXPIRATION": end})
    environ["AWS_CREDENTIAL_EXPIRATION"] = "2026-12-01T03:41:22Z"
    for key in (switched.environ["AWS_ACCESS_KEY_ID"], "ASIAIOSFODNN7EXAMPLE"):
        done = switched.ssoenv("status", environ={**environ, "AWS_ACCESS_KEY_ID": key})
        assert done.returncode == 1
        assert "account 123456789011, but its keys are not those of the switch. Something else has set" in done.stderr
    assert json.loads(switched.ssoenv("status", "--json", environ=environ).stdout)["agrees"] is False
    switched.does("status", "--verify", environ=environ)  # AWS says that they are of the role


def test_keys_of_the_old_kind_are_no_contradiction(switched):
    """A key id that does not tell its account is not called wrong."""
    switched.does("status", environ={"AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE"})


@pytest.mark.parametrize("profile", [{}, {"AWS_PROFILE": "dev-readonly"}], ids=["not switched", "profile mode"])
def test_nothing_to_agree(user, profile):
    """Without keys nothing agrees or disagrees."""
    assert json.loads(user.ssoenv("status", "--json", environ=profile).stdout)["agrees"] is None


def test_account_and_role_in_profile_mode(user):
    """With AWS_PROFILE alone, account, role and region are those in the config file."""
    there = {"AWS_PROFILE": "dev-readonly"}
    out = user.ssoenv("status", environ=there).stdout
    assert re.search(r"^account +123456789011$", out, re.MULTILINE)
    assert re.search(r"^role +ReadOnly$", out, re.MULTILINE)
    assert re.search(r"^region +eu-central-1$", out, re.MULTILINE)
    assert json.loads(user.ssoenv("status", "--json", environ=there).stdout)["role_name"] == "ReadOnly"


def test_role_chain_in_profile_mode(user):
    """So are those of a profile that assumes a role."""
    user.write_config(
        "[profile deploy]\nrole_arn = arn:aws:iam::123456789022:role/team/Deploy\nsource_profile = dev-readonly\n"
    )
    out = user.ssoenv("status", environ={"AWS_PROFILE": "deploy"}).stdout
    assert re.search(r"^account +123456789022$", out, re.MULTILINE)
    assert re.search(r"^role +Deploy$", out, re.MULTILINE)


def test_a_profile_that_is_in_no_file(user):
    """A slip in AWS_PROFILE, which fails in each SDK, is told."""
    out = user.ssoenv("status", environ={"AWS_PROFILE": "dev-readnoly"}).stdout
    assert "dev-readnoly (by AWS_PROFILE), which is in no config file\n" in out


def test_profile_mode_without_the_profile(user):
    """A config file that can't be read, or lacks the profile, costs no more than these lines."""
    for text in ("", "[broken\n"):
        user.write_config(text)
        done = user.does("status", environ={"AWS_PROFILE": "dev-readonly"})
        assert "dev-readonly (by AWS_PROFILE)" in done.stdout
        assert "account" not in done.stdout


@pytest.mark.parametrize(
    ("words", "environ", "code"),
    [
        ([], {}, 0),
        (["--min", "30m"], {}, 0),
        (["--min", "0h30m"], {}, 0),
        (["--min", "30"], {}, 0),
        (["--min", "1h30m"], {}, 1),
        (["--min", "3h"], {}, 1),
        ([], {"AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"}, 1),
        ([], {"AWS_CREDENTIAL_EXPIRATION": "never"}, 1),
        (["--min", "soon"], {}, 2),
        (["--min", "30m1h"], {}, 2),
    ],
)
def test_check_answers_by_exit_code(switched, portal, words, environ, code):
    """--check is silent and needs no network."""
    before = portal.calls.total()
    done = switched.ssoenv("status", "--check", *words, environ=environ)
    assert done.returncode == code
    assert done.stdout == ""
    assert bool(done.stderr) == (code == 2)
    assert portal.calls.total() == before


def test_check_of_a_shell_that_is_not_switched(user):
    """Nothing there is nothing good."""
    assert user.ssoenv("status", "--check").returncode == 1


def test_check_in_profile_mode_is_about_the_login(logged_in):
    """With AWS_PROFILE alone, SDKs get keys as long as the login lasts."""
    logged_in.does("status", "--check", environ={"AWS_PROFILE": "dev-readonly"})
    assert logged_in.ssoenv("status", "--check", environ={"AWS_PROFILE": "old-style"}).returncode == 1


def test_check_in_profile_mode_of_other_kinds(logged_in):
    """A role that a profile with a login assumes hangs on that; of what needs none, only AWS could tell more."""
    chain = "role_arn = arn:aws:iam::123456789033:role/Audit\nsource_profile = {}\n"
    roles = "".join(f"[profile by-{name}]\n{chain.format(name)}" for name in ("dev-readonly", "old-style"))
    sources = {"x": "y", "y": "x", "z": "none"}
    odd = "".join(f"[profile {name}]\n{chain.format(source)}" for name, source in sources.items())
    odd += f"[profile w]\n{chain.format('v')}[profile v]\nsso_session = none\nsso_account_id = 123456789033\n"
    logged_in.write_config(f"{CONFIG}{roles}{odd}sso_role_name = A\n[profile tool]\ncredential_process = tool\n")
    codes = {"by-dev-readonly": 0, "by-old-style": 1, "tool": 0, "nobody": 1, "x": 1, "z": 1, "w": 1}
    for name, code in codes.items():
        assert logged_in.ssoenv("status", "--check", environ={"AWS_PROFILE": name}).returncode == code
    assert "login        corp: until" in logged_in.ssoenv("status", environ={"AWS_PROFILE": "by-dev-readonly"}).stdout


def test_endpoint_that_has_ended(logged_in):
    """Behind a shell that a server has served, a dead port is told and checked; one elsewhere is not asked."""
    labels = {"AWS_SSO_PROFILE": "dev-readonly"}

    def look(url):
        environ = {**labels, "AWS_CONTAINER_CREDENTIALS_FULL_URI": url}
        shown = re.search("^credentials +(.*)$", logged_in.ssoenv("status", environ=environ).stdout, re.MULTILINE)[1]
        return shown, logged_in.ssoenv("status", "--check", environ=environ).returncode

    with socket.create_server(("127.0.0.1", 0)) as server:
        here = f"http://127.0.0.1:{server.getsockname()[1]}/credentials"
        assert look(here) == (f"renewed by {here}", 0)
    assert look(here) == (f"none: the server at {here} has ended. Type: ssouse --serve dev-readonly", 1)
    elsewhere = here.replace("127.0.0.1", "localhost")
    assert look(elsewhere) == (f"renewed by {elsewhere}", 0)


def test_login_that_is_over(logged_in):
    """After a logout the login is none, while the shell's credentials live on."""
    switch(logged_in)
    logged_in.ssoenv("logout", "corp")
    out = logged_in.ssoenv("status").stdout
    assert re.search(r"^login +corp: none\. Type: ssoenv login corp$", out, re.MULTILINE)
    assert re.search(r"^credentials +until", out, re.MULTILINE)


def test_credentials_that_are_over(switched):
    """What has expired is told with what to type."""
    out = switched.ssoenv("status", environ={"AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"}).stdout
    assert re.search(r"^credentials +expired\. Type: ssouse dev-readonly$", out, re.MULTILINE)


def test_region_that_sdks_take(logged_in):
    """Where neither the shell nor its profile has a region, that of the profile default is the one in use."""
    environ = {"AWS_SSO_PROFILE": "prod-readonly", "AWS_ACCESS_KEY_ID": "ASIAX"}
    assert re.search("^region +none$", logged_in.ssoenv("status", environ=environ).stdout, re.MULTILINE)
    logged_in.write_config(f"{CONFIG}\n[default]\nregion = eu-west-3\n")
    out = logged_in.ssoenv("status", environ=environ).stdout
    assert re.search(r"^region +eu-west-3 \(of the profile default\)$", out, re.MULTILINE)
    # The profile that AWS_PROFILE names inherits nothing of it.
    named = {"AWS_PROFILE": "prod-readonly"}
    for each in (named, environ | named):
        assert re.search("^region +none$", logged_in.ssoenv("status", environ=each).stdout, re.MULTILINE)


def test_keys_of_an_emulator(switched):
    """What a `.env` of an emulator's has put there is no key of the role's."""
    done = switched.ssoenv("status", environ={"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
    assert done.returncode == 1
    assert (
        "CAREFUL: this shell is labelled dev-readonly, account 123456789011, but its keys are none that" in done.stderr
    )
    assert switched.ssoenv("status", "--check", environ={"AWS_ACCESS_KEY_ID": "test"}).returncode == 1


def test_check_of_keys_without_an_end(user):
    """A user's own keys are good until somebody takes them away; temporary ones of an unknown end are not."""
    own = {"AWS_ACCESS_KEY_ID": "AKIAQNZGKIQY56JQ7WML", "AWS_SECRET_ACCESS_KEY": "x"}
    user.does("status", "--check", "--min", "8h", environ=own)
    over = {**own, "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"}
    assert user.ssoenv("status", "--check", environ=over).returncode == 1
    pasted = {**own, "AWS_ACCESS_KEY_ID": "ASIAQNZGKIQY56JQ7WML", "AWS_SESSION_TOKEN": "x"}
    assert user.ssoenv("status", "--check", environ=pasted).returncode == 1


def test_a_profile_beside_the_keys_is_told(switched):
    """Some SDKs take AWS_PROFILE before keys, all before a server: who has set it since has not set the label."""
    served = {
        "AWS_SSO_PROFILE": "dev-readonly",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/",
        "AWS_PROFILE": "prod-admin",
        **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), ""),
    }
    assert "which SDKs take before" in switched.ssoenv("status", environ=served).stderr
    assert switched.ssoenv("status", "--check", environ=served).returncode == 1
    switched.does("status", "--check", environ={**served, "AWS_PROFILE": ""})
    assert switched.ssoenv("status", "--check", environ={"AWS_PROFILE": "prod-admin"}).returncode == 1
    done = switched.ssoenv("status", environ={"AWS_PROFILE": "prod-admin"})
    assert done.returncode == 1
    assert "CAREFUL: AWS_PROFILE is prod-admin, which some SDKs take before" in done.stderr
    assert "Type: ssouse dev-readonly" in done.stderr
    for same in ("dev-readonly", ""):
        switched.does("status", environ={"AWS_PROFILE": same})
