"""`ssoenv exec --with`: the command sees the profiles named, and nothing else of the user's."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from node import node_environ
from screen import Screen
from user import PROGRAM, new_user

from ssoenv.context import Context
from ssoenv.errors import ConfigError, UsageError
from ssoenv.running import attended, command, private, signals
from ssoenv.targets import Target

WITH = ("--with", "dev=dev-readonly", "--with", "prod-admin", "--")
OWN_KEYS = """
[profile own-keys]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = ownsecret
"""

_BOTO3 = """
import boto3, botocore.session, json, os, pathlib, stat
def key(name): return boto3.Session(profile_name=name).get_credentials().get_frozen_credentials()
def account(session): return session.client("sts").get_caller_identity()["Account"]
dev = boto3.Session(profile_name="dev")
config = pathlib.Path(os.environ["AWS_CONFIG_FILE"])
credentials = pathlib.Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"])
keys = [dev.get_credentials().get_frozen_credentials() for _ in range(2)]
print(json.dumps({
    "profiles": boto3.Session().available_profiles,
    "default": boto3.Session().get_credentials() is None,
    "accounts": [account(dev), account(boto3.Session(profile_name="prod-admin"))],
    "regions": [boto3.Session(profile_name=name).region_name for name in ("dev", "prod-admin")],
    "own": key("own-keys").secret_key,
    "are_renewed": keys[0] != keys[1],
    "secrets": [word for pair in keys for word in (pair.secret_key, pair.token) if word in config.read_text()],
    "modes": [stat.S_IMODE(path.stat().st_mode) for path in (config.parent, config, credentials)],
    "credentials": credentials.read_text(),
    "left": sorted(path.name for path in config.parent.iterdir()),
    "folder": str(config.parent),
    "profile": os.environ.get("AWS_PROFILE"),
}))
"""


def test_boto3_sees_these_profiles_and_gets_keys_for_as_long_as_it_runs(tmp_path, start_portal):
    """The profiles work, no other is there, their keys are renewed when they near their end, and no secret is kept."""
    # Keys that are good for less than 15 minutes: an SDK asks for new ones at each use.
    user = new_user(tmp_path / "ada", start_portal(auto_approve=True, role_session_lifetime=800))
    user.config.write_text(user.config.read_text() + OWN_KEYS)
    stale = {"AWS_PROFILE": "dev-readonly", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_REGION": "x-y"}
    stale["SSOENV_SET"] = "AWS_REGION AWS_PROFILE"
    words = [*WITH[:-1], "--with", "own-keys", "--", sys.executable, "-c", _BOTO3]
    done = user.ssoenv("exec", *words, environ={**stale, "AWS_EC2_METADATA_DISABLED": "true"})
    assert done.stderr == ""
    found = json.loads(done.stdout)
    folder = Path(found.pop("folder"))
    assert found == {
        "profiles": ["dev", "prod-admin", "own-keys"],
        "default": True,
        "accounts": ["123456789011", "123456789022"],
        "regions": ["eu-central-1", "us-east-1"],
        "own": "ownsecret",
        "are_renewed": True,
        "secrets": [],
        "modes": [0o700, 0o600, 0o600],
        "credentials": "",
        "left": ["config", "credentials"],
        "profile": None,
    }
    assert folder.parent == user.home / "run"
    assert not folder.exists()


_JAVASCRIPT = """
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
const { fromIni, fromNodeProviderChain } = require("@aws-sdk/credential-providers");
async function account(credentials, region) {
  const sts = new STSClient({ credentials, region, endpoint: process.env.AWS_ENDPOINT_URL_STS });
  return (await sts.send(new GetCallerIdentityCommand({}))).Account;
}
(async () => {
  console.log(await account(fromIni({ profile: "dev" }), "eu-central-1"));
  console.log(await account(fromNodeProviderChain({ profile: "prod-admin" }), "us-east-1"));
  await fromIni({ profile: "dev-readonly" })().catch((error) => console.log(error.message.slice(0, 40)));
})();
"""


def test_sdk_for_javascript_sees_these_profiles(ada):
    """So does the other SDK that has its own reader of config files, and runs the process by a shell."""
    done = ada.ssoenv("exec", *WITH, "node", "-e", _JAVASCRIPT, environ=node_environ({}))
    accounts, refused = done.stdout.splitlines()[:2], done.stdout.splitlines()[2:]
    assert accounts == ["123456789011", "123456789022"], done.stderr
    assert refused == ["Could not resolve credentials using prof"]


def test_one_profile_is_the_one_to_use(ada):
    """With a single one, a command that names no profile uses it."""
    script = 'echo "$AWS_PROFILE $AWS_REGION"; cat "$1"; exit 7'
    line = f"{shlex.join(PROGRAM)} exec --with dev=dev-readonly -- sh -c '{script}' sh <(echo \"passed on\")"
    done = subprocess.run(["bash", "-c", line], env=ada.environ, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("dev eu-central-1\npassed on\n", "", 7)


@pytest.mark.parametrize(
    "script",
    ["echo $AWS_CONFIG_FILE; exec sleep 100", "trap 'exit 5' TERM; echo $AWS_CONFIG_FILE; while :; do sleep 0.1; done"],
)
def test_signals_are_passed_on_and_nothing_is_left(running, script):
    """`kill` reaches the command; its end, by the signal or its own way, is the program's, and the files are gone."""
    process = running(*WITH, "sh", "-c", script)
    config = Path(process.stdout.readline().decode().rstrip("\n"))
    assert config.exists()
    process.send_signal(signal.SIGTERM)
    process.stdin.close()
    assert process.wait() == (5 if "trap" in script else -signal.SIGTERM)
    assert not config.parent.exists()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        pytest.param("TERM", "{{ {ready}; kill -TERM $$; }} & exec {command}", id="that no key sends"),
        pytest.param("INT", "{command} & {ready}; kill -INT $!; wait $!", id="in the background"),
    ],
)
def test_signals_at_a_terminal(ada, tmp_path, name, line):
    """`kill` reaches the command there, too, wherever it is not the terminal that tells it."""
    script = f"trap 'exit 5' {name}; : >{tmp_path}/ready; for _ in 1 2 3 4 5 6 7 8; do sleep 0.5; done"
    command = shlex.join([*PROGRAM, "exec", *WITH, "sh", "-c", script])
    ready = f"until [ -e {tmp_path}/ready ]; do sleep 0.1; done"
    words = ["bash", "-mc", line.format(ready=ready, command=command)]
    assert Screen(words, ada.environ).finish() == 5


def test_an_ignored_signal_stays_so(ada):
    """Under nohup the command outlives its terminal, too."""
    script = "echo ready; read line; exit 7"
    words = ["nohup", *PROGRAM, "exec", *WITH, "sh", "-c", script]
    with subprocess.Popen(words, env=ada.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGHUP)
        process.communicate("go on\n")
    assert process.returncode == 7


def test_a_signal_before_the_command_runs(monkeypatch):
    """It is passed on as soon as there is somebody to pass it on to."""

    def start_late(*words, start=command.start):
        signal.raise_signal(signal.SIGTERM)
        return start(*words)

    monkeypatch.setattr(command, "start", start_late)
    assert attended.run("/bin/sleep", ["sleep", "30"], {}) == -signal.SIGTERM


def test_a_signal_waits_until_a_child_is_known():
    """It comes when the child is started, to whoever had it before, and the child is ended."""
    came = []

    def start():
        signal.raise_signal(signal.SIGTERM)
        assert came == []
        return "child"

    def end_us(number):
        came.append(number)
        raise SystemExit

    with (
        signals.caught([signal.SIGTERM], end_us),
        pytest.raises(SystemExit),
        signals.ended_child(start, came.append),
    ):
        came.append("the block")
    assert came == [signal.SIGTERM, "child"]


def test_what_can_not_be_a_profile(ada):
    """A name that not every SDK takes, one that comes twice, and a target without access stop it all before."""
    for words, code, said in [
        (["--with", "a b=dev-readonly"], 2, '"a b" can\'t name a profile. Give it a name: --with my-name=dev-readonly'),
        (["--with", "dev-readonly", "--with", "dev-readonly=prod-admin"], 2, "Name one: --with other=prod-admin"),
        (["--with", "not-mine"], 4, "you have no role AdministratorAccess"),
    ]:
        done = ada.ssoenv("exec", *words, "--", "echo", "ran")
        assert (done.returncode, done.stdout) == (code, "")
        assert said in done.stderr
    assert list((ada.home / "run").iterdir()) == []


def test_role_with_an_equals_sign():
    """ACCOUNT/ROLE is one name, whatever the role is called; a profile's name can stand before it."""
    target = Target("123456789022/ops=dev", None, "123456789022", "ops=dev", None)
    assert private.named([f"x={target.name}"], {target.name: target}.__getitem__) == {"x": target}
    for name in (target.name, "Prod/ops=dev"):
        with pytest.raises(UsageError, match=f"--with my-name={name}$"):
            private.named([name], {target.name: target, "Prod/ops=dev": replace(target, name=name)}.__getitem__)


@pytest.mark.skipif(not hasattr(signal, "SIGRTMIN"), reason="a signal without a name is one for real time")
def test_signal_without_a_name(ada):
    """A command that it ends has a status like any other, and is told by its number."""
    number = signal.SIGRTMIN + 6
    with pytest.raises(ValueError, match="is not a valid Signals"):
        signal.Signals(number)
    words = ("--", sys.executable, "-c", f"import os; os.kill(os.getpid(), {number})")
    done = ada.ssoenv("exec", "--with", "dev-readonly", *words)
    assert (done.returncode, done.stderr) == (128 + number, "")
    done = ada.ssoenv("exec", "--profile-mode", "--parallel", "dev-readonly", *words)
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, f"dev-readonly: ended by signal {number}.")


def test_profile_with_a_process_of_its_own(tmp_path, start_portal):
    """An ssoenv in the command asks for it by two files in turn, each with a profile of that name: no circle."""
    user = new_user(tmp_path / "ada", start_portal(auto_approve=True))
    answer = json.dumps({"Version": 1, "AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": "ownsecret"})
    process = shlex.join([sys.executable, "-c", f"print({answer!r})"])
    user.config.write_text(f"{user.config.read_text()}\n[profile legacy]\ncredential_process = {process}\n")
    words = (*PROGRAM, "credential-process", "legacy")
    done = user.ssoenv("exec", "--with", "legacy", "--", *words)
    assert done.stderr == ""
    assert json.loads(done.stdout)["SecretAccessKey"] == "ownsecret"


def test_files_named_by_relative_paths(tmp_path, start_portal):
    """A command that goes to another folder still gets the keys that are in the user's own files."""
    user = new_user(tmp_path / "ada", start_portal(auto_approve=True))
    aws = user.home / ".aws"
    (aws / "credentials").write_text(OWN_KEYS.replace("profile ", ""))
    names = {"AWS_CONFIG_FILE": "config", "AWS_SHARED_CREDENTIALS_FILE": "credentials"}
    script = (
        "import boto3, os; os.chdir('/'); print(boto3.Session().get_credentials().secret_key, "
        "os.environ['AWS_SDK_LOAD_CONFIG'])"
    )
    words = ("exec", "--with", "own-keys", "--", sys.executable, "-c", script)
    done = user.ssoenv(*words, environ={name: os.path.relpath(aws / file) for name, file in names.items()})
    assert (done.stdout, done.stderr) == ("ownsecret 1\n", "")


def test_regions_of_several(ada):
    """Of several profiles each keeps its region; the user's stays for one that has none."""
    own = {"AWS_REGION": "ap-south-1", "AWS_DEFAULT_REGION": "ap-south-2"}
    script = "echo ${AWS_REGION-none} ${AWS_DEFAULT_REGION-none}"
    for words, seen in ((WITH, "none none\n"), (["--with", "prod-readonly", *WITH], "ap-south-1 ap-south-2\n")):
        assert ada.ssoenv("exec", *words, "sh", "-c", script, environ=own).stdout == seen


def test_how_services_are_reached_goes_along(tmp_path, start_portal):
    """What the user's profile says of that, and of how answers are shown, and nothing else of it."""
    user = new_user(tmp_path / "ada", start_portal(auto_approve=True))
    own = "output = text\nca_bundle = /own.pem\nuse_fips_endpoint = false\nuse_dualstack_endpoint = false\n"
    profile = "[profile dev-readonly]\n"
    user.config.write_text(user.config.read_text().replace(profile, f"{profile}{own}cli_pager = less\n"))
    seen = user.ssoenv("exec", "--with", "dev-readonly", "--", "sh", "-c", "cat $AWS_CONFIG_FILE").stdout
    assert own in seen
    assert "cli_pager" not in seen


@pytest.mark.parametrize("runtime", ["/dev/null", ".", "of others, too"])
def test_unusable_runtime_folder(ada, tmp_path, runtime):
    """The files are then made where temporary ones are: so where others could put theirs in their place."""
    if runtime == "of others, too":
        runtime = str(tmp_path / "shared")
        Path(runtime).mkdir()
        Path(runtime).chmod(0o770)
    words = ("exec", "--with", "dev-readonly", "--", "sh", "-c", "echo $AWS_CONFIG_FILE")
    done = ada.ssoenv(*words, environ={"XDG_RUNTIME_DIR": runtime, "TMPDIR": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout).parent.parent == tmp_path


def test_no_place_for_the_files(monkeypatch):
    """Where not even a temporary file can be made, one sentence says so."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null")
    made = private.config_files({}, Context.system(print))
    with pytest.raises(ConfigError, match="can't be made: Not a directory"), made:
        pass
