"""The quick path imports little: what a command loads is its start-up time."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    *("boto3", "botocore", "urllib3", "dateutil", "jmespath", "rich", "pygments", "markdown_it", "pydantic"),
    *("filelock", "shellingham", "asyncio", "ssl", "http.client", "http.server", "email", "socket"),
    *("ssoenv.demo.portal", "ssoenv.aws.clients", "ssoenv.aws.oidc", "ssoenv.aws.portal", "ssoenv.aws.sts"),
}
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
    assert logged_in.ssoenv("use", "dev-readonly", "--shell", "bash").returncode == 0
    report = tmp_path / "modules.json"
    bare = subprocess.run(
        [sys.executable, "-c", "import typer, json, sys; print(json.dumps(sorted(sys.modules)))"],
        env=logged_in.environ,
        capture_output=True,
        check=True,
    )
    subprocess.run(
        [sys.executable, "-c", _REPORT.format(report=str(report)), *words],
        env={**logged_in.environ, "AWS_SSO_PROFILE": "dev-readonly"},
        capture_output=True,
        check=False,
    )
    loaded = set(json.loads(report.read_text()))
    assert "ssoenv.cli" in loaded
    own = loaded - set(json.loads(bare.stdout))
    assert not own & HEAVY
    outside = {name.partition(".")[0] for name in own} - sys.stdlib_module_names - {"__mp_main__", "runpy"}
    assert outside <= ALLOWED
