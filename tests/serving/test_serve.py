"""`ssoenv serve`: real SDKs get credentials from it, across an expiry; what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event

import pytest
from contexts import CORP, Clock
from node import start_node
from serving import await_end, serving
from user import CONFIG

from ssoenv import credentials
from ssoenv.aws.config import Session
from ssoenv.aws.roles import Credentials
from ssoenv.aws.times import parse_time
from ssoenv.context import Context
from ssoenv.errors import NotLoggedIn, ServiceError
from ssoenv.serving import Supply, detached
from ssoenv.serving import supply as supply_
from ssoenv.targets import Target

# Each says the key that it got first, the one that it got when that was over, and whose the second one is.
_BOTO3 = """
import boto3, time
found = boto3.Session().get_credentials()
first = found.get_frozen_credentials().access_key
while found.get_frozen_credentials().access_key == first:
    time.sleep(0.1)
print(found.method, first, found.access_key, boto3.client("sts").get_caller_identity()["Arn"])
"""
_JAVASCRIPT = """
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
(async () => {
    const client = new STSClient({ endpoint: process.env.AWS_ENDPOINT_URL_STS });
    const key = async () => (await client.config.credentials()).accessKeyId;
    const first = await key();
    while (await key() === first) await new Promise((go) => setTimeout(go, 100));
    console.log("js", first, await key(), (await client.send(new GetCallerIdentityCommand({}))).Arn);
})().catch((error) => { console.error(error); process.exit(1); });
"""
_METHOD = "import boto3; print(boto3.Session().get_credentials().method)"
_KEY = """
require("@aws-sdk/credential-providers").fromNodeProviderChain()().then((found) => console.log(found.accessKeyId));
"""


def read_variables(process):
    """Return the variables that it printed while it goes on: two, and the region twice."""
    return dict(process.stdout.readline().rstrip("\n").split("=", 1) for _ in range(4))


def writes_no_core(pid):
    """Tell whether a crash of that process would be kept neither in a file nor by a program that takes cores."""
    limits = Path(f"/proc/{pid}/limits").read_text()
    return re.search(r"Max core file size +(.*?) +bytes", limits)[1].split() in (["1", "1"], ["0", "0"])


def start_python(script, environ):
    return subprocess.Popen(
        [sys.executable, "-c", script], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def outcome(process):
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    return stdout.split()


def test_sdks_get_credentials_across_an_expiry(user, portal):
    """boto3 and the SDK for JavaScript, by their default chains: when the first keys are over, they have others."""
    portal.role_session_lifetime = 5
    user.does("login", "corp")
    with serving(user, "dev-readonly") as process:
        environ = {**user.environ, **read_variables(process)}
        programs = [start_node(_JAVASCRIPT, environ), start_python(_BOTO3, environ)]  # the first one may skip the test
        for name, (method, first, second, arn) in zip(("js", "container-role"), map(outcome, programs), strict=True):
            assert method == name
            assert first != second
            assert portal.role_sessions[first].expires_at < portal.role_sessions[second].expires_at
            assert arn.startswith("arn:aws:sts::123456789011:assumed-role/AWSReservedSSO_ReadOnly_")
        assert portal.calls["GetRoleCredentials"] < 10, "they were not served from memory"


def test_it_prints_variables_and_ends_cleanly(logged_in):
    """Variables on stdout at once, talk on stderr; Ctrl-C is how it is meant to end, and frees the port."""
    with serving(logged_in, "dev-readonly") as process:
        variables = read_variables(process)
        port = int(variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"].removesuffix("/credentials").rpartition(":")[2])
        assert len(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]) >= 40
        assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "eu-central-1"
        assert f"ReadOnly · eu-central-1 · served at 127.0.0.1:{port} until Ctrl-C" in process.stderr.readline()
        assert sys.platform != "linux" or writes_no_core(process.pid)
        taken = logged_in.ssoenv("serve", "dev-readonly", f"--port={port}")
        assert (taken.returncode, taken.stdout) == (2, "")
        assert f"Nobody can listen at port {port}" in taken.stderr
        process.send_signal(signal.SIGINT)
        assert (process.wait(20), process.stdout.read(), process.stderr.read()) == (0, "", "")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_for_ends_it(logged_in):
    """`--for` needs no Ctrl-C."""
    done = logged_in.does("serve", "dev-readonly", "--for", "1s")
    assert done.stdout.startswith("AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:")


def test_for_ends_one_behind_a_shell(logged_in):
    """That of `ssouse --serve --for` ends by itself, though the shell goes on."""
    done = logged_in.ssoenv("use", "--serve", "dev-readonly", "--for", "1s", "--shell=bash")
    await_end(re.search("http://[^']+", done.stdout)[0])


# The server behind a shell, with a clock that stands in a file.
_BEHIND = """
import sys
from dataclasses import replace
from pathlib import Path
from ssoenv.context import Context
from ssoenv.serving import detached
context = Context.system(lambda line: print(line, file=sys.stderr, flush=True))
detached.run(replace(context, now=lambda: float(Path(sys.argv[1]).read_text())))
"""


def test_a_day_without_a_login_ends_it(user, tmp_path):
    """For so long it tells who asks what to type; who has not logged in by then is not at work any more."""
    clock = tmp_path / "clock"

    def at(seconds):
        clock.with_suffix(".new").write_text(str(seconds))
        clock.with_suffix(".new").replace(clock)

    session = Session("corp", "https://my-sso-portal.awsapps.com/start", "eu-central-1", None)
    order = {
        "target": asdict(Target("dev", session, "123456789011", "ReadOnly", None)),
        "credentials": asdict(Credentials("ASIAEXAMPLE", "secret", "token", 1000)),
        "shell": None,
        "lifetime": None,
    }
    at(2000)
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(
        [sys.executable, "-c", _BEHIND, clock], env=user.environ, encoding="utf-8", **pipes
    ) as server:
        try:
            server.stdin.write(json.dumps(order) + "\n")
            server.stdin.flush()
            url, token = json.loads(server.stdout.readline())
            assert "can't be renewed" in server.stderr.readline()
            at(2000 + 23 * 3600)
            request = urllib.request.Request(url, headers={"Authorization": token})
            with pytest.raises(urllib.error.HTTPError, match="403") as refused:
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)
            assert b"Type: ssoenv login corp" in refused.value.read()
            refused.value.close()
            at(2000 + 25 * 3600)
            assert server.wait(60) == 0
        finally:
            server.kill()


def test_arguments_for_docker(logged_in, tmp_path):
    """They lead to a private file that docker itself reads, hold no secret, and the file goes with the server.

    That of a server that was killed goes when the next one comes.
    """
    with serving(logged_in, "dev-readonly", "--docker") as killed:
        left = Path(killed.stdout.readline().split()[-1])
    assert left.exists()
    with serving(logged_in, "dev-readonly", "--docker") as process:
        line = process.stdout.readline()
        assert line.startswith("--network host --env-file /")
        file = Path(line.split()[-1])
        assert file.stat().st_mode & 0o777 == 0o600
        assert list(file.parent.iterdir()) == [file]
        # Docker's own rules: a line is NAME=value, and nothing in it is quoted.
        variables = dict(row.split("=", 1) for row in file.read_text().splitlines())
        assert variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] not in line
        found = start_python(_METHOD, {"HOME": str(tmp_path), "PATH": logged_in.environ["PATH"], **variables})
        assert outcome(found) == ["container-role"]
        process.terminate()
        assert process.wait(20) == 0
        assert not file.exists()


def test_arguments_for_docker_of_another_server(logged_in):
    """The file of one that is at work stays when the next one comes."""
    with serving(logged_in, "dev-readonly", "--docker") as first:
        files = [first.stdout.readline().split()[-1]]
        with serving(logged_in, "dev-readonly", "--docker") as second:
            files.append(second.stdout.readline().split()[-1])
            assert [Path(file).exists() for file in files] == [True, True]


def test_a_default_profile_would_hide_it(logged_in):
    """SDKs take the profile `default` first, so a shell that has one is refused, and a server warns."""
    with serving(logged_in, "dev-readonly") as process:
        environ = {**logged_in.environ, **read_variables(process)}
        logged_in.write_config(CONFIG + "[default]\naws_access_key_id=AKIDEFAULT\naws_secret_access_key=secret\n")
        programs = [start_node(_KEY, environ), start_python(_METHOD, environ)]
        assert [outcome(program) for program in programs] == [["AKIDEFAULT"], ["config-file"]]
    refused = logged_in.ssoenv("use", "--serve", "dev-readonly", "--shell=bash")
    assert (refused.returncode, refused.stdout) == (6, "")
    assert "The profile default in" in refused.stderr
    assert "Careful: The profile default in" in logged_in.ssoenv("serve", "dev-readonly", "--for", "1s").stderr


def test_what_contradicts_itself(user):
    """--serve excludes --profile-mode, --for alone ends nothing, and an endpoint that is over at once is none."""
    for words in (
        ["--serve", "--profile-mode"],
        ["--for", "30m"],
        ["--for="],
        ["--serve", "--for", "soon"],
        ["--serve", "--for="],
        ["--serve", "--for", "0s"],
    ):
        refused = user.ssoenv("use", "dev-readonly", "--shell=bash", *words)
        assert (refused.returncode, refused.stdout) == (2, "")
    # As a script writes it where it has not set the variable: to serve for ever is not what it means.
    assert user.ssoenv("serve", "dev-readonly", "--for", "").returncode == 2
    refused = user.ssoenv("serve", "dev-readonly", "--for", "0")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--for 0 would end the endpoint at once." in refused.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows another process's environment")
def test_a_server_behind_a_shell_keeps_no_older_secret(logged_in):
    """Neither the keys that the shell had before, nor the token of an earlier endpoint; and a crash writes none."""
    kept, secret = {"AWS_CA_BUNDLE": "/kept", "MARK": "a-mark"}, "canary/of+a-secret"
    names = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN")
    before = {**kept, **dict.fromkeys(names, secret)}
    logged_in.does("use", "--serve", "dev-readonly", "--shell=bash", environ=before)
    with _server_of(logged_in) as server:
        environ = dict(line.split("=", 1) for line in (server / "environ").read_text().rstrip("\0").split("\0"))
        assert environ.items() >= kept.items()
        assert secret not in environ.values()
        assert writes_no_core(server.name)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a process was started")
def test_a_number_that_is_given_anew():
    """A process that has got the number of the shell does not let the server outlive it."""
    shell = detached.calling_shell()
    assert not shell.has_ended()
    assert replace(shell, started="1").has_ended()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the state of a process")
def test_a_shell_that_nobody_has_waited_for(tmp_path):
    """It has ended though its number is still its own, and whatever its program is called."""
    program = tmp_path / "sh) Z 1 ("
    program.symlink_to(shutil.which("sleep"))
    with subprocess.Popen([program, "1000"]) as child:
        shell = detached.Process(child.pid, detached._stat(child.pid).started)
        assert not shell.has_ended()
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert shell.has_ended()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows another process's environment")
def test_a_server_keeps_what_a_profile_lives_on(user):
    """A profile that is none of SSO may need the very variables of the shell to get new keys."""
    keys = {"Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "s", "SessionToken": "t"}
    process = f"echo '{json.dumps({**keys, 'Expiration': '2099-01-01T00:00:00Z'})}'"
    user.write_config(f"[profile own]\ncredential_process = sh -c {shlex.quote(process)}\n")
    before = {"AWS_SESSION_TOKEN": "of-the-shell"}
    user.does("use", "--serve", "own", "--shell=bash", environ=before)
    with _server_of(user) as server:
        assert b"\0AWS_SESSION_TOKEN=of-the-shell\0" in (server / "environ").read_bytes()


@contextmanager
def _server_of(user):
    """Give the folder in /proc of the one server behind a shell of the user's, and end that."""
    (server,) = [folder for folder in Path("/proc").glob("[0-9]*") if _is_server_of(folder, user)]
    try:
        yield server
    finally:
        os.kill(int(server.name), signal.SIGTERM)


def _is_server_of(process, user):
    try:
        words, environ = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
    except OSError:
        return False
    return b"ssoenv.serving" in words and f"\0HOME={user.home}\0".encode() in b"\0" + environ


# --- renewal ---


class World:
    """A clock that is moved by hand, at the portal and here, and what was said."""

    def __init__(self, user, portal):
        self.clock = Clock()
        portal.now = self.clock.now
        self.said = []
        self.context = replace(
            Context.system(self.said.append), home=user.home, environ=user.environ, terminal=False, now=self.clock.now
        )
        self.target = Target("dev", CORP, "123456789011", "ReadOnly", "eu-central-1")


@pytest.fixture
def world(logged_in, portal, lead_to):
    return World(logged_in, lead_to(portal))


def test_credentials_are_renewed_ahead_of_their_expiry(world, portal):
    """In the background, at 20 minutes left: at less than 15 botocore would ask for each of its requests."""
    supply = Supply(world.target, credentials.obtain(world.target, world.context), world.context)
    first = supply.answer()
    assert first["AccountId"] == "123456789011"  # some services have an address for each account
    world.clock.time += 39 * 60
    stop = Event()
    supply.keep(None, stop, is_over=lambda: True)
    assert supply.answer() == first
    world.clock.time += 2 * 60
    supply.keep(None, stop, is_over=lambda: supply.answer() != first)
    assert parse_time(supply.answer()["Expiration"]) - world.clock.time == 3600
    assert portal.calls["GetRoleCredentials"] == 2


def test_it_recovers_from_a_login_that_was_over(world, portal, logged_in):
    """While credentials are good they are served on; then the error is, said once; no browser is opened, ever."""
    supply = Supply(world.target, credentials.obtain(world.target, world.context), world.context)
    good = supply.answer()
    portal.revoke_sessions()
    world.clock.time += 41 * 60
    supply.keep(None, Event(), is_over=lambda: bool(world.said))
    assert supply.answer() == good
    world.clock.time += 20 * 60
    for _ in range(2):
        with pytest.raises(NotLoggedIn, match="ssoenv login"):
            supply.answer()
        world.clock.time += 3
    assert len(world.said) == 1
    assert "can't be renewed" in world.said[0]
    logged_in.does("login", "corp", "--force")
    assert parse_time(supply.answer()["Expiration"]) > world.clock.time
    assert supply.failing_since is None
    assert len(world.said) == 2


def test_a_clock_that_was_set_back(world, portal, logged_in):
    """The last try seems to be in the future then, and the next one does not wait for that."""
    supply = Supply(world.target, credentials.obtain(world.target, world.context), world.context)
    portal.revoke_sessions()
    world.clock.time += 61 * 60
    with pytest.raises(NotLoggedIn):
        supply.answer()
    logged_in.does("login", "corp", "--force")
    world.clock.time -= 30
    assert parse_time(supply.answer()["Expiration"]) > world.clock.time


def test_one_try_for_all_who_wait(world, portal, monkeypatch):
    """Programs that ask at once while the service fails do not make it one more try each."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    supply = Supply(world.target, credentials.obtain(world.target, world.context), world.context)
    portal.fail("GetRoleCredentials", status=500, type="InternalServerException", times=100)
    portal.latency = 0.5

    def ask():
        with pytest.raises(ServiceError):
            supply.answer()

    calls = [portal.calls["GetRoleCredentials"]]
    for programs in (1, 4):
        world.clock.time += 3600
        with ThreadPoolExecutor() as pool:
            for asked in [pool.submit(ask) for _ in range(programs)]:
                asked.result()
        calls.append(portal.calls["GetRoleCredentials"])
    assert calls[2] - calls[1] == calls[1] - calls[0] > 0


def test_a_renewal_that_takes_long(world, portal, monkeypatch):
    """The end of the server does not wait for it, and a program that asks is told after a while."""
    monkeypatch.setattr(supply_, "_PATIENCE", 0.1)
    supply = Supply(world.target, credentials.obtain(world.target, world.context), world.context)
    asked, goes_on = Event(), Event()
    answer = portal.answer

    def answer_late(request):
        if request.path == "/federation/credentials":
            asked.set()
            goes_on.wait(60)
        return answer(request)

    monkeypatch.setattr(portal, "answer", answer_late)
    world.clock.time += 3601
    try:
        supply.keep(None, Event(), is_over=asked.is_set)
        with pytest.raises(ServiceError, match="being renewed"):
            supply.answer()
    finally:
        goes_on.set()


def test_keys_without_end_are_not_served(user):
    """There is nothing to renew in a user's own keys, which must not lie about either."""
    user.write_config(CONFIG + "[profile own]\naws_access_key_id=AKIAOWN\naws_secret_access_key=secret\n")
    refused = user.ssoenv("serve", "own")
    assert refused.returncode == 6
    assert "do not expire" in refused.stderr
