"""The quick path imports little: what a command loads is its start-up time."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ssoenv.cli.program import _COMMANDS

SDK = {"boto3", "botocore", "urllib3", "dateutil", "jmespath", "filelock"}
HEAVY = {
    *SDK,
    *("rich", "pygments", "markdown_it", "pydantic", "shellingham", "asyncio"),
    *("ssl", "http.client", "http.server", "email", "socket"),
    *("ssoenv.demo", "ssoenv.aws.clients", "ssoenv.aws.oidc", "ssoenv.aws.portal", "ssoenv.aws.sts"),
}
# What a switch that AWS is not asked for can do without: it starts within 1.6 times what the import of typer takes.
NEEDLESS = {
    *("typer", "subprocess", "shutil", "traceback"),
    *("tempfile", "random", "queue", "hashlib", "shellingham", "ssoenv.inventory", "ssoenv.login", "ssoenv.aws.tokens"),
    *("ssoenv.formats", "ssoenv.configure", "ssoenv.choosing", "ssoenv.running", "ssoenv.serving", "ssoenv.generate"),
}
# How many modules of its own such a switch imports, at most.
OWN = 47
# What the program imports of its own and of others, on the quick path.
ALLOWED = {"ssoenv", "typer", "platformdirs", "annotated_doc"}

_REPORT = """
import json, runpy, sys
sys.argv[0] = "ssoenv"
try:
    runpy.run_module("ssoenv", run_name="__main__")
finally:
    with open({report!r}, "w") as file:
        json.dump(sorted(sys.modules), file)
"""


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--version"], id="version"),
        pytest.param(["init", "bash"], id="init"),
        pytest.param(["status"], id="status"),
        pytest.param(["status", "--check"], id="check"),
        pytest.param(["use", "dev-readonly", "--shell", "bash"], id="use from the cache"),
        pytest.param(["credential-process", "dev-readonly"], id="credential-process from the cache"),
    ],
)
def test_quick_path_imports_nothing_heavy(logged_in, tmp_path, words):
    """No SDK, no HTTP, no table drawing: only typer and what its import takes."""
    logged_in.does("use", "dev-readonly", "--shell", "bash")
    own = _imported(logged_in, tmp_path, words)
    assert "ssoenv.cli" in own
    assert not own & HEAVY
    outside = {name.partition(".")[0] for name in own} - sys.stdlib_module_names - {"__mp_main__", "runpy"}
    assert outside <= ALLOWED


def test_switch_from_the_cache_imports_what_it_needs(logged_in, tmp_path):
    """Of the commands it loads its own; and nothing that asks, lists or logs in."""
    words = ["use", "--shell", "bash", "--wrapper", "1", "dev-readonly"]
    logged_in.does(*words)
    own = _imported(logged_in, tmp_path, words, beside="sys")
    assert not own & (HEAVY | NEEDLESS)
    assert not {f"ssoenv.cli.{name}" for name in _COMMANDS} & own
    assert len({name for name in own if name.startswith("ssoenv")}) <= OWN


def test_switch_that_asks_the_portal_imports_no_sdk(logged_in, tmp_path):
    """With a login and no keys yet, it takes the standard library's HTTP, and neither botocore nor filelock."""
    own = _imported(logged_in, tmp_path, ["use", "prod-readonly", "--shell", "bash"])
    assert "http.client" in own
    assert not own & SDK
    assert logged_in.ssoenv("use", "prod-readonly", "--shell", "bash").stdout.count("ASIA") == 1


def _imported(user, tmp_path, words, *, beside="typer") -> set[str]:
    """Return the modules that the program imports for *words* beyond another one and what that imports."""
    report = tmp_path / "modules.json"
    script = f"import {beside}, json, runpy, sys; print(json.dumps(sorted(sys.modules)))"
    bare = subprocess.run([sys.executable, "-c", script], env=user.environ, capture_output=True, check=True)
    environ = {**user.environ, "AWS_SSO_PROFILE": "dev-readonly"}
    program = [sys.executable, "-c", _REPORT.format(report=str(report)), *words]
    subprocess.run(program, env=environ, capture_output=True, check=False)
    return set(json.loads(report.read_text())) - set(json.loads(bare.stdout))
