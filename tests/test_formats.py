"""The forms of `ssoenv get`, each read back by a real reader of it, or by the reader's own rules."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
from itertools import pairwise

import docker.utils
import dotenv
import hcl2
import pytest
from botocore.credentials import EnvProvider
from installed import program

from ssoenv import formats
from ssoenv.aws.roles import Credentials
from ssoenv.environment import key_variables
from ssoenv.errors import ConfigError, UsageError
from ssoenv.formats import github_actions, portal, values
from ssoenv.shells import SHELLS
from ssoenv.targets import Target

TARGET = Target("dev", None, "123456789011", "ReadOnly", "eu-central-1")
KEYS = Credentials("ASIAZ7EXAMPLE", "wJalr+XUtn/FEMI=", "IQoJb3JpZ2luX2Vj//==", 1795521600)
OWN = Credentials("AKIAZ7EXAMPLE", "secret", None, None)
SPECIAL = "'\"\\`$!%^&|<>;#*?[]{}()~ \u2019\u00e4"
HOSTILE = f"a{SPECIAL}${{HOME}}$(id)%{{if}}%25b"
OTHERS = ("dotenv", "docker", "json", "terraform", "github-actions", "credential-process")


def _with_secret(secret):
    return Credentials("ASIAZ7EXAMPLE", secret, "token", 1795521600)


def _given(credentials):
    return {name: value for name, value in key_variables(credentials, TARGET.region).items() if value is not None}


def test_every_format_is_read():
    """No format of the registry is left out here and in the test of the shells."""
    assert set(formats.FORMATS) == {*SHELLS, *OTHERS}


@pytest.mark.parametrize(
    ("system", "text"),
    [
        (
            "macos-linux",
            'export AWS_ACCESS_KEY_ID="ASIAZ7EXAMPLE"\nexport AWS_SECRET_ACCESS_KEY="wJalr+XUtn/FEMI="\n'
            'export AWS_SESSION_TOKEN="IQoJb3JpZ2luX2Vj//=="\n',
        ),
        (
            "windows",
            "SET AWS_ACCESS_KEY_ID=ASIAZ7EXAMPLE\nSET AWS_SECRET_ACCESS_KEY=wJalr+XUtn/FEMI=\n"
            "SET AWS_SESSION_TOKEN=IQoJb3JpZ2luX2Vj//==\n",
        ),
        (
            "powershell",
            '$Env:AWS_ACCESS_KEY_ID="ASIAZ7EXAMPLE"\n$Env:AWS_SECRET_ACCESS_KEY="wJalr+XUtn/FEMI="\n'
            '$Env:AWS_SESSION_TOKEN="IQoJb3JpZ2luX2Vj//=="\n',
        ),
    ],
)
def test_option_1(system, text):
    """Option 1 is the portal's text, and what ssoenv adds stands below it."""
    assert portal.variables(system, TARGET, KEYS, exact=True) == text
    more = portal.variables(system, TARGET, KEYS, exact=False)
    assert more.startswith(text)
    assert [line for line in more.splitlines() if "2026-11-24T12:00:00Z" in line or "eu-central-1" in line] == [
        *more.splitlines()[3:]
    ]
    assert len(more.splitlines()) == 6


def test_option_2():
    """Option 2 is the portal's block; the region is what ssoenv adds."""
    block = (
        "[123456789011_ReadOnly]\naws_access_key_id=ASIAZ7EXAMPLE\naws_secret_access_key=wJalr+XUtn/FEMI=\n"
        "aws_session_token=IQoJb3JpZ2luX2Vj//==\n"
    )
    assert portal.block(None, TARGET, KEYS, exact=True) == block
    assert portal.block(None, TARGET, KEYS, exact=False) == f"{block}region=eu-central-1\n"
    assert portal.block("default", TARGET, KEYS, exact=True).startswith("[default]\n")


@pytest.mark.parametrize("role_name", ["a]\n[default", "a b", "x;y", "\x1b[m"])
def test_option_2_refuses_odd_roles(role_name):
    """A role's name that can't head a block is refused, and the cure is to choose another."""
    with pytest.raises(UsageError, match="Choose one with --as"):
        portal.block(None, Target("dev", None, "123456789011", role_name, None), KEYS, exact=True)


def test_option_3():
    """Each value has its name; a table shows those that there are."""
    assert values.one("secret-access-key", TARGET, KEYS) == "wJalr+XUtn/FEMI=\n"
    rows = dict(line.split() for line in values.table(TARGET, KEYS).splitlines())
    assert tuple(rows) == values.NAMES
    assert rows["expiration"] == "2026-11-24T12:00:00Z"
    assert list(dict(line.split() for line in values.table(TARGET, OWN).splitlines())) == [
        *("access-key-id", "secret-access-key", "account-id", "region")
    ]
    with pytest.raises(UsageError, match="dev has no session-token"):
        values.one("session-token", TARGET, OWN)


@pytest.mark.parametrize("keys", [KEYS, OWN], ids=["role", "own keys"])
def test_env_files(keys, tmp_path):
    """python-dotenv, which expands, and docker's own library, which does not even unquote, read the same."""
    dotted = dotenv.dotenv_values(stream=io.StringIO(formats.find("dotenv")(TARGET, keys)), interpolate=True)
    assert dotted == _given(keys)
    (tmp_path / "env").write_text(formats.find("docker")(TARGET, keys))
    assert docker.utils.parse_env_file(tmp_path / "env") == _given(keys)


@pytest.mark.parametrize("character", SPECIAL)
def test_forms_without_quotes_refuse_what_would_need_them(character):
    """Where readers agree on no quoting, a character that any of them could change is refused, and not shown."""
    keys = _with_secret(f"hid{character}den")
    makers = [formats.find("dotenv"), formats.find("docker")]
    makers += [lambda *words, system=system: portal.variables(system, *words, exact=True) for system in portal.SYSTEMS]
    for make in makers:
        with pytest.raises(ConfigError, match="AWS_SECRET_ACCESS_KEY") as raised:
            make(TARGET, keys)
        assert "hid" not in str(raised.value)


def test_json():
    """JSON holds every value by its name, and nothing that could steer a terminal."""
    text = formats.find("json")(Target("d\x1b[mv", None, None, None, None), _with_secret(HOSTILE))
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text) == {
        "profile": "d\x1b[mv",
        "role_name": None,
        "access_key_id": "ASIAZ7EXAMPLE",
        "secret_access_key": HOSTILE,
        "session_token": "token",
        "expiration": "2026-11-24T12:00:00Z",
        "account_id": None,
        "region": None,
    }


IN_TERRAFORM = pytest.mark.parametrize("secret", ["wJalr+XUtn/FEMI=", HOSTILE, "$${a}", "\\${a}", "%%{a}"])


@IN_TERRAFORM
def test_terraform(secret):
    """The block is the AWS provider's, and each string in it is that value: no quote ends it, no template starts."""
    text = formats.find("terraform")(TARGET, _with_secret(secret))
    (provider,) = hcl2.loads(text)["provider"]
    settings = {name: value for name, value in provider['"aws"'].items() if not name.startswith("__")}
    assert not {"${", "%{"} & set(map("".join, pairwise(settings["secret_key"])))
    # The escapes of an HCL string that are used here are JSON's.
    assert {name: json.loads(value) for name, value in settings.items()} == {
        "region": "eu-central-1",
        "access_key": "ASIAZ7EXAMPLE",
        "secret_key": secret,
        "token": "token",
    }


@IN_TERRAFORM
def test_values_in_terraform(secret, tmp_path):
    """Terraform itself makes that value of each string."""
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("terraform is not installed, and no package of a Debian machine has it")
    keys = _with_secret(secret)
    # As a block of another kind: a provider's values can't be asked for, and this needs no provider.
    block = formats.find("terraform")(TARGET, keys).replace('provider "aws"', "locals")
    (tmp_path / "main.tf").write_text(block, encoding="utf-8")
    names = ("region", "access_key", "secret_key", "token")
    asked = f'join(" ", [for value in [{", ".join(f"local.{name}" for name in names)}] : base64encode(value)])'
    words = [terraform, f"-chdir={tmp_path}", "console"]
    done = subprocess.run(words, input=asked, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = [base64.b64decode(word).decode() for word in done.stdout.strip().strip('"').split()]
    assert found == [TARGET.region, keys.access_key_id, secret, keys.session_token]


def test_github_actions():
    """By the runner's rules the masks hide each key, and the file sets each variable."""
    keys = _with_secret(HOSTILE)
    masks = [_masked(line) for line in github_actions.masks(TARGET, keys).splitlines()]
    assert masks == ["ASIAZ7EXAMPLE", HOSTILE, "token"]
    assert _runner_variables(github_actions.variables(TARGET, keys)) == _given(keys)


def test_github_actions_after_an_earlier_step(tmp_path):
    """A line that lacks its end stays by itself, and of older keys nothing is left to SDKs."""
    path = tmp_path / "variables"
    path.write_bytes(b"BEFORE=1")
    for keys in (KEYS, OWN):
        github_actions.append(path, github_actions.variables(TARGET, keys))
    found = _runner_variables(path.read_text())
    assert found["BEFORE"] == "1"
    assert "\n\n" not in path.read_text()  # act takes no empty line
    read = EnvProvider(found).load()
    assert (read.access_key, read.secret_key, read.token) == (OWN.access_key_id, OWN.secret_access_key, None)


def test_github_actions_in_a_workflow(tmp_path):
    """act, which runs workflows, takes variables and masks as GitHub's own runner does."""
    act = program("act", optional=True)  # it takes Go to install
    keys = _with_secret(HOSTILE)
    (tmp_path / "masks").write_text(github_actions.masks(TARGET, keys), encoding="utf-8")
    github_actions.append(tmp_path / "variables", github_actions.variables(TARGET, keys))
    lines = (
        f"cat {tmp_path}/masks; cat {tmp_path}/variables >>$GITHUB_ENV",
        f"env >{tmp_path}/seen",
        'echo "They are: $AWS_ACCESS_KEY_ID, $AWS_SECRET_ACCESS_KEY, $AWS_SESSION_TOKEN."',
    )
    workflow = {"on": "push", "jobs": {"one": {"runs-on": "here", "steps": [{"run": line} for line in lines]}}}
    (tmp_path / "workflow.yml").write_text(json.dumps(workflow))
    words = [act, "--workflows", "workflow.yml", "--platform", "here=-self-hosted"]
    done = subprocess.run(words, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "They are: ***, ***, ***." in done.stdout
    assert HOSTILE not in done.stdout
    seen = dict(line.split("=", 1) for line in (tmp_path / "seen").read_text(encoding="utf-8").splitlines())
    assert {name: value for name, value in seen.items() if name.startswith("AWS_")} == _given(keys)


def _masked(line):
    command, _, value = line.removeprefix("::").partition("::")
    assert command == "add-mask"
    return value.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _runner_variables(text):
    found = {}
    for line in text.split("\n"):
        name, equals, value = line.partition("=")
        if line:
            assert equals
            assert "<<" not in name  # it would start a value of several lines
            found[name] = value
    return found


@pytest.mark.parametrize("form", sorted(set(formats.FORMATS) - {"json", "credential-process"}))
@pytest.mark.parametrize("secret", ["a\nb", "a\rb", "a\0b", "a\x1bb"])
def test_control_characters(form, secret):
    """A value that would end its line is refused; in JSON it has an escape."""
    with pytest.raises(ConfigError):
        formats.find(form)(TARGET, _with_secret(secret))
