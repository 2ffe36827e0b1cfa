"""What is for docker, read by its real client: that reads a file of variables itself, so no container has to run."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from serving import serving

from ssoenv import formats
from ssoenv.aws.roles import Credentials
from ssoenv.environment import key_variables
from ssoenv.targets import Target

PLAIN = "azAZ09_.:/+=,@-"
KEYS = Credentials("ASIAZ7EXAMPLE", PLAIN, f"{PLAIN}=={'x' * 5000}", 1795521600)


class _Engine(ThreadingHTTPServer):
    """An engine as far as ``docker run --detach`` asks one. It keeps what it was told to create."""

    def __init__(self) -> None:
        self.created: list[dict] = []
        super().__init__(("127.0.0.1", 0), _Answers)


class _Answers(BaseHTTPRequestHandler):
    server: _Engine

    def do_HEAD(self) -> None:
        self._answer(200, None)

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.partition("?")[0].endswith("/containers/create"):
            self.server.created.append(json.loads(asked))
            self._answer(201, {"Id": "c0ffee", "Warnings": []})
        else:  # it is to start
            self._answer(204, None)

    def _answer(self, status: int, content: object) -> None:
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a line of bash with ``docker`` in it, and gives what the engine is to create."""
    if shutil.which("docker") is None:
        pytest.skip("docker's client is not installed; Debian has it with the engine alone, 150 MB")
    with _Engine() as engine:
        Thread(target=engine.serve_forever, args=[0.01], daemon=True).start()

        def run(line: str, environ: Mapping[str, str] = {}) -> dict:
            host = {"DOCKER_HOST": f"tcp://127.0.0.1:{engine.server_port}"}
            done = subprocess.run(
                ["bash", "-c", line], env={**os.environ, **environ, **host}, capture_output=True, text=True, timeout=60
            )
            assert (done.returncode, done.stdout) == (0, "c0ffee\n"), done.stderr
            return engine.created.pop()

        yield run
        engine.shutdown()


def _environment(created: dict) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in created["Env"])


def test_env_file(run, tmp_path):
    """The container gets each variable to the letter, and nothing else."""
    (tmp_path / "env").write_text(formats.find("docker")(Target("dev", None, None, None, "eu-central-1"), KEYS))
    created = run(f"docker run --detach --env-file {tmp_path / 'env'} image")
    assert _environment(created) == key_variables(KEYS, "eu-central-1")


def test_without_a_file(run, logged_in):
    """The README's line, where what ``ssoenv get`` prints is in no file."""
    get = f"{shlex.quote(sys.executable)} -m ssoenv get dev-readonly --format"
    created = run(f"docker run --detach --env-file <({get} docker) image", logged_in.environ)
    keys = json.loads(logged_in.ssoenv("get", "dev-readonly", "--format", "json").stdout)
    found = _environment(created)
    for name in ("access_key_id", "secret_access_key", "session_token", "region"):
        assert found[f"AWS_{name.upper()}"] == keys[name]


def test_arguments_of_serve(run, logged_in):
    """``ssoenv serve --docker`` prints what makes the client ask for a container on the machine's own network."""
    with serving(logged_in, "dev-readonly", "--docker") as process:
        arguments = process.stdout.readline().rstrip("\n")
        created = run(f"docker run --detach {arguments} image")
        file = Path(shlex.split(arguments)[-1])
        assert created["Image"] == "image"
        assert created["HostConfig"]["NetworkMode"] == "host"
        assert created["Env"] == file.read_text().splitlines()
        assert _environment(created)["AWS_CONTAINER_CREDENTIALS_FULL_URI"].startswith("http://127.0.0.1:")
