"""~/.aws/config is read as botocore reads it, and what is wrong in it is said with file, line and cure."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from botocore.configloader import load_config
from botocore.credentials import SSOProvider
from botocore.exceptions import ConfigParseError, InvalidConfigError
from config_files import context, files
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ssoenv.aws import credential_process
from ssoenv.aws.config import Config, Profile, Session, UnknownProfile, load
from ssoenv.aws.credential_process import Role
from ssoenv.aws.ini import comparable
from ssoenv.errors import ConfigError, SsoenvError, UsageError

URL = "https://d-1234567890.awsapps.com/start"

CORP = f"""\
[sso-session corp]
sso_start_url = {URL}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""
ROLE = """\
sso_account_id = 111122223333
sso_role_name = Admin
"""
DEV = f"""\
[profile dev]
sso_session = corp
{ROLE}region = us-east-1
"""
LEGACY = f"""\
[profile old-style]
sso_start_url = {URL}
sso_region = eu-west-1
{ROLE}"""
CORP_SESSION = Session("corp", URL, "eu-west-1", ("sso:account:access",))
OF_DEV = CORP_SESSION._replace(profile="dev")
LEGACY_SESSION = Session(None, URL, "eu-west-1", None)


def read(text: str) -> Config:
    """Return the config of a file that holds *text*."""
    return Config(Path("config"), text.encode())


def values(config: Config, headers: dict[str, str]) -> dict[str, dict[str, object]]:
    """Return each name's keys and values in botocore's shape."""
    return {
        name: {key: comparable(config._value(line)) for key, line in config._options[header].items()}
        for name, header in headers.items()
    }


GRANTED = f"""\
[profile dev]
granted_sso_start_url = {URL}
granted_sso_region = eu-west-1
granted_sso_account_id = 111122223333
granted_sso_role_name = Admin
"""


class TestWhole:
    """Files without a fault."""

    def test_session_profile(self):
        """A profile with an sso_session takes start URL, SSO region and scopes from it."""
        config = read(CORP + DEV)

        assert config.profile("dev") == Profile("dev", OF_DEV, "111122223333", "Admin", "us-east-1")
        assert config.profile("dev").session.key == "corp"

    def test_legacy_profile(self):
        """A legacy profile carries its own start URL, which names its token as it is written."""
        profile = read(LEGACY.replace("/start", "/start#/")).profile("old-style")

        assert profile == Profile(
            "old-style", Session(None, f"{URL}#/", "eu-west-1", None, "old-style"), "111122223333", "Admin", None
        )
        assert profile.session.key == f"{URL}#/"

    def test_role_of_the_session(self):
        """A key that the session has and the profile lacks counts for the profile, as for botocore."""
        text = f"{CORP}sso_role_name = Admin\n[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\n"

        assert read(text).profile("dev").role_name == "Admin"

    @pytest.mark.parametrize("key", ["credential_process", "aws_access_key_id", "login_session"])
    def test_sso_before_other_keys(self, key):
        """SSO keys win over keys of the kinds that the SDKs look at later."""
        assert read(f"{CORP}{DEV}{key} = x\n").profile("dev").session == OF_DEV

    def test_sso_before_our_own_process(self):
        """They also win where ssoenv itself would bring the keys of another account."""
        line = credential_process.line(Role("222233334444", "ReadOnly", session="other"))
        config = read(f"{CORP}{CORP.replace('corp', 'other')}{DEV}credential_process = {line}\n")

        assert config.profile("dev") == Profile("dev", OF_DEV, "111122223333", "Admin", "us-east-1")

    @pytest.mark.parametrize("option", ["--profile dev", "--profile=dev"])
    def test_profile_of_granted(self, option):
        """A profile that granted has written is the SSO profile that its keys tell, by a login of ours."""
        config = read(f"{GRANTED}credential_process = /opt/bin/granted credential-process {option}\n")

        session = Session(None, URL, "eu-west-1", None)
        assert config.sessions() == [session]
        assert config.profile("dev") == Profile("dev", session._replace(profile="dev"), "111122223333", "Admin", None)

    @pytest.mark.parametrize(
        ("taken_out", "process"),
        [
            ("nothing", "granted credential-process --profile other"),
            ("nothing", "granted credential-process --profile dev --auto-login"),
            ("nothing", "granted credential-process"),
            ("nothing", "granted"),
            ("nothing", "granted credential-process --profile 'dev"),
            ("nothing", "other credential-process --profile dev"),
            ("granted_sso_region = eu-west-1\n", "granted credential-process --profile dev"),
            ("1111", "granted credential-process --profile dev"),
            ("https:", "granted credential-process --profile dev"),
        ],
    )
    def test_not_of_granted(self, taken_out, process):
        """One that asks for another profile, or that does not say it all, is just a process."""
        text = f"{GRANTED}credential_process = {process}\n[profile other]\nregion = eu-west-1\n"

        assert not read(text.replace(taken_out, "", 1)).is_sso("dev")

    @pytest.mark.parametrize("changed", [{"start_url": "http://x.awsapps.com/start"}, {"sso_region": "example.com/"}])
    def test_our_own_process_that_leads_elsewhere(self, changed):
        """A line of ssoenv's whose address is none of AWS's is a process like any other: no token is sent there."""
        ours = Role("111122223333", "Admin", start_url=URL, sso_region="eu-west-1")
        lines = [credential_process.line(role) for role in (ours, ours._replace(**changed))]
        found = [read(f"[profile p]\ncredential_process = {line}\n") for line in lines]

        assert [config.is_sso("p") for config in found] == [True, False]
        assert [len(config.sessions()) for config in found] == [1, 0]

    def test_names(self):
        """Profiles are listed in the order of the file, those for SSO also by themselves."""
        config = read(f"[profile keys]\naws_access_key_id = AKIA\n{DEV}[default]\nregion = eu-west-1\n{CORP}{LEGACY}")

        assert config.profile_names() == ["keys", "dev", "default", "old-style"]
        assert config.sso_profile_names() == ["dev", "old-style"]

    @pytest.mark.parametrize("header", ["[default]", "[profile default]"])
    def test_default_profile(self, header):
        """The default profile has two spellings, and hands its region to no other."""
        config = read(f"{CORP}{header}\nsso_session=corp\nregion=eu-north-1\n{ROLE}{DEV.replace('region', '#')}")

        assert config.profile("default").region == "eu-north-1"
        assert config.profile("dev").region is None

    def test_upper_case_default_section(self):
        """[DEFAULT] gives its keys to every section, as Python's parser has it; a section's own key wins."""
        other = LEGACY.replace("old-style", "older") + "region = us-east-1\n"
        config = read(f"[DEFAULT]\nregion = eu-north-1\n{LEGACY}{other}")

        assert config.profile_names() == ["old-style", "older"]
        assert config.profile("old-style").region == "eu-north-1"
        assert config.profile("older").region == "us-east-1"

    @pytest.mark.parametrize(
        ("written", "scopes"),
        [
            ("sso:account:access", ("sso:account:access",)),
            (" a:b ,c:d,, ", ("a:b", "c:d")),
            ("a:b,\n  c:d", ("a:b", "c:d")),
            ("", ()),
        ],
    )
    def test_scopes(self, written, scopes):
        """Scopes are split at commas and stripped, as the AWS CLI does before it names the registration's file."""
        assert read(CORP.replace("sso:account:access", written)).session("corp").scopes == scopes

    def test_empty_region(self):
        """A region that is there but empty is none."""
        assert read(CORP + DEV.replace("us-east-1", "")).profile("dev").region is None

    @pytest.mark.parametrize(
        "start_url",
        [
            "https://identitycenter.amazonaws.com/ssoins-0123456789abcdef",
            "https://sso.example.org:8443/start?x=1#/",
            "http://localhost:8080/start",
            "http://127.0.0.1:8080/start",
            "http://[::1]:8080/start",
        ],
    )
    def test_start_urls(self, start_url):
        """A start URL is any https address, and http on this machine only."""
        assert read(LEGACY.replace(URL, start_url)).profile("old-style").session.start_url == start_url

    @pytest.mark.parametrize(
        ("header", "name"),
        [
            ("[profile 'a b']", "a b"),
            ('[profile "a b"]', "a b"),
            (r'[profile "it\'s \"$(id)\""]', 'it\\\'s "$(id)"'),
            ("[profile $(touch${IFS}x);`id`]", "$(touch${IFS}x);`id`"),
            ("[profile a]b]", "a]b"),
            ("[profile ../../x]", "../../x"),
            ("[profile --help]", "--help"),
            ("[profile ,=&|<>%PATH%]", ",=&|<>%PATH%"),
            ("[profile \u202egnp\u00a0]", "\u202egnp\u00a0"),
            ("[profile x] # note", "x"),
            ("[profile\tx]", "x"),
        ],
    )
    def test_hostile_names(self, header, name):
        """A name is text and nothing else, whatever it holds."""
        config = read(f"{CORP}{header}\nsso_session = corp\n{ROLE}")

        assert config.profile_names() == [name]
        assert config.profile(name).name == name


class TestSessions:
    """Which session a word means."""

    def test_all(self):
        """The sessions are each [sso-session], then each start URL and region of the legacy profiles once."""
        other = LEGACY.replace("old-style", "older").replace("eu-west-1", "eu-central-1")
        config = read(f"{LEGACY}{other}{LEGACY.replace('old-style', 'copy')}{CORP}{DEV}")

        assert config.sessions() == [CORP_SESSION, LEGACY_SESSION, Session(None, URL, "eu-central-1", None)]

    def test_one_with_a_gap(self):
        """A session that can't be used is an error, which need not keep the others from use."""
        config = read(f"[sso-session broken]\nsso_start_url = {URL}\n{CORP}")

        with pytest.raises(ConfigError, match="sso_region"):
            config.sessions()
        told = []
        assert config.sessions(told.append) == [CORP_SESSION]
        assert ["[sso-session broken] has no sso_region" in str(error) for error in told] == [True]

    def test_found_by_each_name(self):
        """A session is meant by its name, by a profile of it, or by its start URL."""
        other = LEGACY.replace(URL, "https://other.awsapps.com/start")
        config = read(CORP + DEV + other)

        assert config.find_session("corp") == CORP_SESSION
        assert config.find_session("dev") == OF_DEV
        assert config.find_session(URL) == CORP_SESSION
        of_profile = config.find_session("https://other.awsapps.com/start")._replace(profile="old-style")
        assert config.find_session("old-style") == of_profile
        assert config.find_session("old-style").name is None

    def test_session_before_profile(self):
        """A name that a session and a profile share means the session."""
        assert read(CORP + LEGACY.replace("old-style", "corp")).find_session("corp") == CORP_SESSION

    def test_one_broken_session_leaves_others_alone(self):
        """A gap in one session does not stand in the way of another that is named."""
        config = read(f"[sso-session broken]\n{CORP}{DEV}")

        assert (config.find_session("corp"), config.find_session("dev")) == (CORP_SESSION, OF_DEV)

    @pytest.mark.parametrize(
        ("text", "asked", "error", "pieces"),
        [
            (CORP + CORP.replace("corp", "two"), URL, UsageError, ["corp (eu-west-1)", "two (eu-west-1)", "Name one"]),
            (CORP, "crop", UsageError, ["crop", "config", "Did you mean corp?"]),
            ("[sso-session corp]\n", "corp", ConfigError, ["line 1", "[sso-session corp]", "sso_start_url = https://"]),
            ("[sso-session '']\n", "", ConfigError, ["line 1", "empty", "Rename"]),
            ("[sso-session a\x1bb]\n", "a\x1bb", ConfigError, ["line 1", "control character", "Rename"]),
            (
                "[profile p]\nsso_session =\nsso_role_name = R\n",
                "p",
                ConfigError,
                ["line 2", "is empty", "sso_session = "],
            ),
        ],
    )
    def test_not_found(self, text, asked, error, pieces):
        """A session that is not there, not whole or not the only one is named with what to do."""
        with pytest.raises(error) as caught:
            read(text).find_session(asked)

        assert_says(caught.value, error, pieces)

    def test_unknown_session(self):
        """An unknown session name gets the nearest ones."""
        with pytest.raises(UsageError, match=r"no SSO session crop in config\. Did you mean corp\?"):
            read(CORP).session("crop")


def assert_says(error: SsoenvError, kind: type[SsoenvError], pieces: list[str]) -> None:
    """Check that the error is of that very kind, says all *pieces*, and has a sentence and a cure."""
    assert type(error) is kind
    assert [piece for piece in pieces if piece not in str(error)] == [], str(error)
    assert error.sentence
    assert error.cure


REFUSED = [
    pytest.param(b"\xef\xbb\xbf[default]\n", ["line 1", "byte order mark", "without BOM"], id="BOM"),
    pytest.param(b"\xff\xfe[\0", ["line 1", "UTF-8"], id="UTF-16"),
    pytest.param(b"[default]\r\nregion = x\rname = caf\xe9\n", ["line 3", "UTF-8"], id="Latin-1"),
    pytest.param(b"[a]\n[b]\n[a]\n", ["line 3", "[a]", "line 1", "Rename or remove"], id="section twice"),
    pytest.param(b"[a]\nx = 1\n\nX : 2\n", ["line 4", "x is there twice", "line 2", "Remove"], id="key twice"),
    pytest.param(
        b"[DEFAULT]\nx=1\n[a]\n[DEFAULT]\nx=2\n", ["line 5", "x is there twice", "line 2"], id="default twice"
    ),
    pytest.param(b"# note\nregion = x\n[a]\n", ["line 2", "before the first", "[profile NAME]"], id="text first"),
    pytest.param(b"[a]\nregion\n", ["line 2", "key = value"], id="bare word"),
    pytest.param(b"[a]\nregion: x\nregion\n", ["line 3", "key = value"], id="bare word, known as a key"),
    pytest.param(b"[a]\n= x\n", ["line 2", "key = value"], id="no key"),
    pytest.param(b"[a]\n[]\n", ["line 2", "key = value"], id="empty header"),
    pytest.param(b"[a]\n[profile b\n", ["line 2", "has no ]", "[profile NAME]"], id="header not closed"),
    pytest.param(b"[profile b\n", ["line 1", "has no ]"], id="first header not closed"),
    pytest.param(b"[a]\nx = 1\ry\n", ["line 3", "key = value"], id="lone CR"),
    pytest.param(b"[a]\n s3 =\n  x = 1\n\n  y\n", ["line 5", "indented", "line of s3"], id="word in a block"),
]


class TestRefusedAsAWhole:
    """Files that botocore does not read at all."""

    @pytest.mark.parametrize(("data", "pieces"), REFUSED)
    def test_file(self, tmp_path, data, pieces):
        """A file that botocore refuses is refused with its path, the line, what is wrong and what to do."""
        path = tmp_path / "config"
        path.write_bytes(data)

        with pytest.raises(ConfigParseError):
            load_config(str(path))
        with pytest.raises(ConfigError) as caught:
            Config(path, data)

        assert_says(caught.value, ConfigError, [str(path), *pieces])

    def test_no_line_is_quoted(self):
        """A line that can't be read may be half a secret: no message shows it."""
        for text in ("wJalrXUtnFEMI", "[a]\nwJalrXUtnFEMI", "[a]\nb =\n wJalrXUtnFEMI", "[a]\nx=1\nx=wJalrXUtnFEMI"):
            with pytest.raises(ConfigError) as caught:
                read(text)

            assert "wJalr" not in str(caught.value)

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("", []),
            ("[profile a]\0\nx = \0\n", ["a"]),
            ("[profile a]\nx = 1\x0by\x0c[profile b]\u2028[profile c]\x85[profile d]\n", ["a"]),
            ("\u00a0[profile a] # note\n", ["a"]),
            ("[profile a]\nx = 1\n  [profile b]\n", ["a"]),
            ("[profile a]\nregion: x\n[profile b]\nREGION=y\n", ["a", "b"]),
        ],
    )
    def test_odd_but_good(self, text, names):
        """NUL, text after a header, line breaks of Unicode alone, an indented header below a key: odd, and no fault."""
        assert read(text).profile_names() == names


class TestFile:
    """Where the file is, and what if it can't be read."""

    def test_home(self, tmp_path):
        """The file is ~/.aws/config."""
        (tmp_path / ".aws").mkdir()
        (tmp_path / ".aws" / "config").write_text(CORP + DEV)

        assert load(context(tmp_path)).profile_names() == ["dev"]

    @pytest.mark.parametrize("named", ["~/mine", "$DIR/mine", "${DIR}/mine", "{}/mine"])
    def test_named_by_a_variable(self, tmp_path, named):
        """AWS_CONFIG_FILE names another file, with ~ and variables expanded as botocore does."""
        (tmp_path / "mine").write_text(CORP + DEV)

        config = load(context(tmp_path, AWS_CONFIG_FILE=named.replace("{}", str(tmp_path)), DIR=str(tmp_path)))

        assert config.path == tmp_path / "mine"
        assert config.profile_names() == ["dev"]

    def test_unset_variable_in_the_path(self, tmp_path):
        """A variable that is not set stays as it is written."""
        assert load(context(tmp_path, AWS_CONFIG_FILE="/$NOWHERE/${TO}")).path == Path("/$NOWHERE/${TO}")

    @pytest.mark.parametrize("environ", [{}, {"AWS_CONFIG_FILE": ""}, {"AWS_CONFIG_FILE": "~/x/y"}])
    def test_missing(self, tmp_path, environ):
        """Without a file there are no profiles, and asking for one says how to get it."""
        (tmp_path / "x").write_text("a file, not a folder")
        config = load(context(tmp_path, **environ))

        assert config.profile_names() == config.sso_profile_names() == config.sessions() == []
        with pytest.raises(UsageError) as caught:
            config.profile("dev")
        assert_says(caught.value, UnknownProfile, ["dev", f"{config.path} does not exist", "ssoenv configure"])

    def test_directory(self, tmp_path):
        """A directory in the file's place is said to be one."""
        (tmp_path / ".aws" / "config").mkdir(parents=True)

        with pytest.raises(ConfigError) as caught:
            load(context(tmp_path))

        assert_says(caught.value, ConfigError, [str(tmp_path / ".aws" / "config"), "is a directory"])

    @pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
    def test_unreadable(self, tmp_path):
        """A file that can't be read is not taken for a missing one; a link to itself is one even for root."""
        (tmp_path / ".aws").mkdir()
        (tmp_path / ".aws" / "config").symlink_to("config")

        with pytest.raises(ConfigError) as caught:
            load(context(tmp_path))

        assert_says(caught.value, ConfigError, [str(tmp_path / ".aws" / "config"), "can't be read"])


BROKEN = [
    pytest.param(
        DEV.replace("sso_account_id", "#"), ["line 5", "no sso_account_id", "sso_account_id = 1"], id="account"
    ),
    pytest.param(DEV.replace("sso_role_name", "#"), ["line 5", "no sso_role_name", "sso_role_name = "], id="role"),
    pytest.param(DEV.replace("sso_session", "#"), ["line 5", "sso_start_url", "sso_session = corp"], id="session"),
    pytest.param(f"[profile dev]\nsso_start_url={URL}\n{ROLE}", ["line 5", "no sso_region"], id="region of a legacy"),
    pytest.param(
        DEV.replace("= corp", "= crop"), ["line 6", "[profile dev]", "crop", "Did you mean corp?"], id="wrong session"
    ),
    pytest.param(
        DEV.replace("= corp", "= un known"), ["line 6", "un known", "[sso-session 'un known']"], id="no such session"
    ),
    pytest.param(
        DEV.replace("= corp", "= un known") + "[sso-session un known]\n",
        ["line 10: AWS tools skip [sso-session un known], which [profile dev] names", "to: [sso-session 'un known']"],
        id="session that AWS tools skip",
    ),
    pytest.param(
        f"sso_account_id = 111122223333\n{DEV.replace('sso_account_id', '#').replace('sso_role', '#')}",
        ["line 6", "no sso_account_id"],
        id="account of the session alone",
    ),
    pytest.param(DEV + "sso_region = eu-west-2\n", ["line 10", "sso_region", "line 3", "Remove"], id="unequal values"),
    pytest.param(
        DEV.replace("111122223333", "1234567890"),
        ["line 7", "leading zeros", "sso_account_id = 001234567890"],
        id="zeros",
    ),
    pytest.param(DEV.replace("111122223333", "1111-2222-3333"), ["line 7", "12 digits"], id="dashes"),
    pytest.param(DEV.replace("111122223333", "١" * 12), ["line 7", "12 digits"], id="digits of another script"),
    pytest.param(DEV.replace("Admin", "Admin; rm"), ["line 8", "sso_role_name", "not a role name"], id="role name"),
    pytest.param(DEV.replace("Admin", "Ädmin"), ["line 8", "not a role name"], id="role name beyond ASCII"),
    pytest.param(DEV.replace("Admin", "A" * 65), ["line 8", "not a role name"], id="role name too long"),
    pytest.param(DEV.replace("us-east-1", "us-east-1 ; home"), ["line 9", "its own line"], id="note after region"),
    pytest.param(DEV.replace("Admin", "Admin # x"), ["line 8", "its own line"], id="note after role"),
    pytest.param(
        DEV.replace("us-east-1", "US-East-1"), ["line 9", "not a region", "eu-west-1"], id="upper-case region"
    ),
    pytest.param(
        DEV.replace("us-east-1", "\n  a = b\n  region = c"),
        ["line 9", "not a region"],
        id="a block where a region was due",
    ),
    pytest.param(
        "[profile dev]\n  s3 =\n    region = b\n\n  region = X\n  sso_session = corp\n"
        "  sso_account_id = 111122223333\n  sso_role_name = Admin\n",
        ["line 9", "not a region"],
        id="nested twin",
    ),
    pytest.param("[profile dev]\nrole_arn = x\n", ["line 6", "not an SSO profile", "role_arn"], id="assumed role"),
    pytest.param(DEV + "role_arn = x\n", ["line 10", "not an SSO profile", "role_arn"], id="assumed role before SSO"),
    pytest.param(
        "[profile dev]\ncredential_process = x\n", ["line 6", "not an SSO profile", "credential_process"], id="process"
    ),
    pytest.param(
        "[profile dev]\naws_access_key_id = AKIA\n", ["line 6", "not an SSO profile", "aws_access_key_id"], id="keys"
    ),
]


class TestBrokenProfile:
    """Profiles with a fault, in files without one."""

    @pytest.mark.parametrize(("text", "pieces"), BROKEN)
    def test_profile(self, text, pieces):
        """A gap or a contradiction in a profile is told with file, line, section or key, and cure."""
        config = read(CORP + text)

        with pytest.raises(ConfigError) as caught:
            config.profile("dev")

        assert_says(caught.value, ConfigError, ["config, line", "[profile dev]", *pieces])

    @pytest.mark.parametrize("key", ["sso_start_url", "sso_region"])
    def test_gap_in_the_session(self, key):
        """What the session lacks is not taken from the profile: the tokens are the session's."""
        line = next(line for line in CORP.splitlines() if line.startswith(key))

        with pytest.raises(ConfigError) as caught:
            read(CORP.replace(line, "") + DEV + line).profile("dev")

        assert_says(caught.value, ConfigError, ["config, line 1:", "[sso-session corp]", f"no {key}", f"{key} = "])

    @pytest.mark.parametrize(
        "start_url",
        [
            "http://d-1234567890.awsapps.com/start",
            "d-1234567890.awsapps.com/start",
            "https://",
            "https:///start",
            "https://user@evil.example/start",
            "https://my portal.example/start",
            "https://x.example/\x1b[2J",
            "https://x.example/\u202e",
            "https://\u0430wsapps.com/start",
            "http://localhost.evil.example/start",
            "http://127.0.0.1.evil.example/start",
            "javascript:alert(1)",
            "",
        ],
    )
    def test_start_url(self, start_url):
        """A start URL that is no plain https address is refused: it is opened in a browser and trusted with a login."""
        with pytest.raises(ConfigError) as caught:
            read(CORP.replace(URL, start_url) + DEV).profile("dev")

        assert_says(caught.value, ConfigError, ["config, line 2", "[sso-session corp]", "https address"])

    def test_equal_values_in_both(self):
        """A key in profile and session with one value is no contradiction, however a block is spaced."""
        block = "s3 =\n  a = b\n"
        text = f"{CORP}{block}{DEV}sso_region: eu-west-1\n{block.replace(' = b', '=  b')}"

        assert read(text).profile("dev").session == OF_DEV


class TestUnknownProfile:
    """Names that no profile has."""

    @pytest.mark.parametrize(
        ("text", "name", "pieces"),
        [
            (CORP + DEV, "dve", ["dve", "config", "Did you mean dev?"]),
            (CORP + DEV, "DEV", ["DEV", "config", "Did you mean dev?"]),
            (CORP + DEV + DEV.replace("dev", "Dev"), "Devv", ["Did you mean dev or Dev?"]),
            (CORP + DEV, "zzz", ["no profile zzz", "ssoenv list"]),
            (CORP + DEV.replace("dev", "dev-readonly"), "dev", ["Did you mean dev-readonly?"]),
            (CORP + DEV, "corp", ["corp is an SSO session"]),
            (CORP, "dev", ["no profile dev", "ssoenv configure"]),
            ("[profile 'a b']\n", "'a b'", ["Did you mean a b?"]),
            ("\n[dev]\n", "dev", ["config, line 2", "[dev]", "to: [profile dev]"]),
            ("[ profile dev ]\n", "dev", ["config, line 1", "[ profile dev ]", "to: [profile dev]"]),
            ("[Profile dev]\n", "dev", ["config, line 1", "[Profile dev]", "to: [profile dev]"]),
            ("[profile a b]\n", "a b", ["config, line 1", "[profile a b]", "to: [profile 'a b']"]),
            ("[profile bob's]\n", "bob's", ["config, line 1", '[profile "bob\'s"]']),
            ("[profile a\\b c]\n", "a\\b c", ["config, line 1", "[profile 'a\\b c']"]),
        ],
    )
    def test_told(self, text, name, pieces):
        """An unknown name gets the nearest ones, or the header that AWS tools skip and how to write it."""
        with pytest.raises(UsageError) as caught:
            read(text).profile(name)

        assert_says(caught.value, UnknownProfile, pieces)

    @pytest.mark.parametrize("name", ["dev", "a b", "bob's", "a\\b c", "a'b\"c\\d", "x\u00a0y"])
    def test_cure_for_a_header_works(self, name):
        """The header that the message tells to write is read as that name."""
        with pytest.raises(UnknownProfile) as caught:
            read(f"[{name}]").profile(name)

        assert read(caught.value.cure.partition(": ")[2]).profile_names() == [name]

    @pytest.mark.parametrize(
        ("name", "piece"), [("", "is empty"), ("a\x1b[2Jb", "control character"), ("a\nb", "control character")]
    )
    def test_no_name(self, name, piece):
        """An empty name and one with a control character are refused, even if the file has them."""
        with pytest.raises(UsageError, match=piece):
            read(f"[profile '{name}']\nx = 1" if "\n" not in name else "").profile(name)

    def test_name_that_is_no_text(self):
        """A name that came in as broken UTF-8 is refused like any other unknown one."""
        with pytest.raises(UsageError):
            read(CORP + DEV).profile(os.fsdecode(b"d\xffv"))

    def test_among_many(self):
        """Of 10,000 alike names the nearest is found."""
        config = read("".join(f"[profile team-{number:05}-readonly]\n" for number in range(10_000)))

        with pytest.raises(UnknownProfile, match=r"Did you mean team-04711-readonly\b"):
            config.profile("team-04711-readnly")


class TestAgainstBotocore:
    """Botocore itself is the judge."""

    @settings(max_examples=300, deadline=None)
    @given(text=files)
    def test_same_verdict_and_values(self, text):
        """A file is refused when botocore refuses it, and otherwise has botocore's profiles, sessions and values."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "config"
            path.write_bytes(text.encode())
            try:
                theirs = load_config(str(path))
            except ConfigParseError:
                event("refused")
                with pytest.raises(ConfigError):
                    read(text)
                return
        ours = read(text)

        event(f"{len(theirs['profiles'])} profiles")
        assert values(ours, ours._profiles) == theirs["profiles"]
        assert ours.profile_names() == list(theirs["profiles"])
        assert values(ours, ours._sessions) == theirs["sso_sessions"]

    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def test_same_sso_settings(self, data):
        """What we take from a profile and its session is what botocore's SSO provider takes."""
        known = {
            "sso_session": ["corp"],
            "sso_start_url": [URL, f"{URL}/"],
            "sso_region": ["eu-west-1", "eu-west-2"],
            "sso_account_id": ["111122223333", "000000000001"],
            "sso_role_name": ["Admin", "Reader"],
        }
        keys = st.lists(st.sampled_from(list(known)), unique=True, min_size=3)
        text = "".join(
            f"[{header}]\n" + "".join(f"{key} = {data.draw(st.sampled_from(known[key]))}\n" for key in data.draw(keys))
            for header in ("profile dev", "sso-session corp")
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "config"
            path.write_text(text)
            provider = SSOProvider(lambda: load_config(str(path)), None, "dev")
            try:
                theirs = provider._load_sso_config()
            except InvalidConfigError:
                theirs = None
        try:
            profile = read(text).profile("dev")
        except ConfigError:
            # botocore looks at the session's own gaps only when it has to fetch a token.
            own = text.partition("[sso-session corp]")[2]
            assert theirs is None or "sso_start_url" not in own or "sso_region" not in own
            event("refused")
            return

        event("session" if profile.session.name else "legacy")
        assert theirs == {
            "sso_start_url": profile.session.start_url,
            "sso_region": profile.session.region,
            "sso_account_id": profile.account_id,
            "sso_role_name": profile.role_name,
            **({"sso_session": profile.session.name} if profile.session.name else {}),
        }

    def test_ten_thousand_profiles(self, tmp_path):
        """A file of 10,000 profiles is read as botocore reads it."""
        path = tmp_path / "config"
        role = "sso_session = corp\nsso_account_id = {0:012}\nsso_role_name = Role{1}\nregion = eu-west-1\n"
        path.write_text(CORP + "".join(f"[profile p{n}]\n{role.format(n, n % 7)}\n" for n in range(10_000)))
        config = load(context(tmp_path, AWS_CONFIG_FILE=str(path)))

        assert len(config.sso_profile_names()) == 10_000
        assert values(config, config._profiles) == load_config(str(path))["profiles"]
        assert config.profile("p4711") == Profile(
            "p4711", CORP_SESSION._replace(profile="p4711"), "000000004711", "Role0", "eu-west-1"
        )
