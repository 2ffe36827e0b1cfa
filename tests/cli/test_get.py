"""`ssoenv get`: the portal's texts for the credentials at hand, other forms, and the credentials file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

import pytest
from contexts import context_of

from ssoenv.aws import shared_credentials
from ssoenv.aws.roles import Credentials
from ssoenv.cli.get import get
from ssoenv.errors import UsageError

_WHO_AM_I = """
import boto3, sys
for name in sys.argv[1:]:
    who = boto3.Session(profile_name=name).client("sts").get_caller_identity()
    print(who["Account"], who["Arn"].split("_")[1])
"""

# Terraform loads the AWS provider from the folder that this names: it comes from a registry of Terraform's own.
_PROVIDER = os.environ.get("SSOENV_TEST_TF_PROVIDER")
_TERRAFORM_SETTINGS = """
provider_installation {
  dev_overrides {
    "hashicorp/aws" = %s
  }
  direct {}
}
"""
_CONFIGURATION = """
provider "aws" {
  region  = "us-east-1"
  profile = "prod-readonly"
}
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
output "found" { value = "${data.aws_caller_identity.me.arn} ${data.aws_region.here.name}" }
"""


def _get(user, *words, environ: Mapping[str, str] = {}):
    return user.does("get", *words, environ=environ).stdout


def test_each_option_has_the_same_credentials(logged_in):
    """The portal's texts, to the letter, hold what --format json and --value say."""
    keys = json.loads(_get(logged_in, "dev-readonly", "--format", "json"))
    names = ("access_key_id", "secret_access_key", "session_token")
    assert _get(logged_in, "dev-readonly", "--os", "windows") == "".join(
        f"SET AWS_{name.upper()}={keys[name]}\n" for name in names
    )
    assert _get(logged_in, "dev-readonly", "--os", "windows", "--option", "2") == "[123456789011_ReadOnly]\n" + "".join(
        f"aws_{name}={keys[name]}\n" for name in names
    )
    assert _get(logged_in, "dev-readonly", "--value", "session-token") == f"{keys['session_token']}\n"
    table = dict(line.split() for line in _get(logged_in, "dev-readonly", "--option=3").splitlines())
    assert {name.replace("-", "_"): value for name, value in table.items()}.items() <= keys.items()
    assert (keys["profile"], keys["account_id"], keys["region"]) == ("dev-readonly", "123456789011", "eu-central-1")


def test_shell_at_work(logged_in):
    """Without options come the lines of the shell at work, with the region that is asked for."""
    expected = {
        "zsh": ('export AWS_ACCESS_KEY_ID="', 'export AWS_REGION="us-west-2"'),
        "cmd": ("SET AWS_ACCESS_KEY_ID=", "SET AWS_REGION=us-west-2"),
        "pwsh": ('$Env:AWS_ACCESS_KEY_ID="', '$Env:AWS_REGION="us-west-2"'),
        "fish": ("set -gx AWS_ACCESS_KEY_ID '", "set -gx AWS_REGION 'us-west-2'"),
    }
    for shell, (first, region) in expected.items():
        environ = {"SSOENV_SHELL": shell}
        lines = _get(logged_in, "dev-readonly", "--region", "us-west-2", environ=environ).splitlines()
        assert lines[0].startswith(first)
        assert region in lines
        assert len(lines) == 6


def test_written_block_and_process_are_taken_by_boto3(logged_in):
    """boto3 is who the written blocks say, and takes the answer of a credential_process."""
    process = f"{sys.executable} -m ssoenv get prod-readonly --format credential-process"
    logged_in.write_config(logged_in.config.read_text() + f"[profile by-process]\ncredential_process = {process}\n")
    done = logged_in.ssoenv("get", "dev-readonly", "--write")
    assert done.stdout == ""
    credentials = logged_in.home / ".aws" / "credentials"
    assert done.stderr.startswith(f"Wrote the block [123456789011_ReadOnly] to {credentials}, good until ")
    assert "SDKs differ" in logged_in.ssoenv("get", "prod-admin", "--write", "--as", "dev-readonly").stderr
    as_default = ("get", "prod-admin", "--write", "--as", "default")
    assert "To use it: aws s3 ls\n" in logged_in.ssoenv(*as_default).stderr
    switched = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}
    told = "To use it, in a shell that is not switched: aws s3 ls\n"
    assert told in logged_in.ssoenv(*as_default, environ=switched).stderr
    who = subprocess.run(
        [sys.executable, "-c", _WHO_AM_I, "123456789011_ReadOnly", "by-process"],
        env={**logged_in.environ, "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"},
        capture_output=True,
        text=True,
    )
    assert who.stdout == "123456789011 ReadOnly\n123456789022 ReadOnly\n", who.stderr


_HAS_TERRAFORM = _PROVIDER and shutil.which("terraform")


@pytest.mark.skipif(not _HAS_TERRAFORM, reason="needs terraform, and SSOENV_TEST_TF_PROVIDER")
def test_terraform_is_who_the_block_says(logged_in, tmp_path):
    """Terraform merges the block into the user's own, and its AWS provider is that role in that region."""
    (tmp_path / "settings").write_text(_TERRAFORM_SETTINGS % json.dumps(_PROVIDER))
    (tmp_path / "main.tf").write_text(_CONFIGURATION)
    (tmp_path / "aws_override.tf").write_text(_get(logged_in, "dev-readonly", "--format", "terraform"))
    environ = {**logged_in.environ, "TF_CLI_CONFIG_FILE": str(tmp_path / "settings"), "CHECKPOINT_DISABLE": "1"}

    def terraform(*words):
        done = subprocess.run(
            ["terraform", f"-chdir={tmp_path}", *words], env=environ, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    terraform("apply", "-auto-approve", "-no-color")
    who, region = terraform("output", "-raw", "found").split()
    assert who.startswith("arn:aws:sts::123456789011:assumed-role/AWSReservedSSO_ReadOnly_")
    assert region == "eu-central-1"


def test_prune(logged_in):
    """--prune takes the expired block out, says which, also of one that was changed and stays, and needs no login."""
    home = logged_in.home
    old = Credentials("ASIA", "s", "t", 1600000000)
    shared_credentials.write("old", old, None, context_of(home), force=False)
    path = home / ".aws" / "credentials"
    assert logged_in.ssoenv("get", "--prune").stderr == f"Took [old] out of {path}.\n"
    assert path.read_bytes() == b""
    assert "has expired" in logged_in.ssoenv("get", "--prune").stderr
    shared_credentials.write("mine", old, None, context_of(home), force=False)
    path.write_text(path.read_text() + "output = json\n")
    assert logged_in.ssoenv("get", "--prune").stderr == "Kept [mine]: changed since ssoenv wrote it.\n"


def test_github_actions(logged_in):
    """The masks go to stdout, which the runner reads, and the variables below those that are in the file already."""
    words = ("dev-readonly", "--format", "github-actions")
    env = logged_in.home / "env"
    env.write_text("BEFORE=1\n")
    masks = _get(logged_in, *words, environ={"GITHUB_ENV": str(env)}).splitlines()
    before, *variables = env.read_text().splitlines()
    assert before == "BEFORE=1"
    hidden = [line.removeprefix("::add-mask::") for line in masks]
    assert [line.partition("=")[2] for line in variables[:3]] == hidden
    assert "AWS_REGION=eu-central-1" in variables

    unwritten = logged_in.ssoenv("get", *words, environ={"GITHUB_ENV": str(logged_in.home)})
    assert unwritten.returncode == 6
    assert unwritten.stdout.splitlines() == masks, "they have to be out before anything else is"


def test_outside_of_a_workflow(user):
    """There is no file for the variables: that is told before any login, as no login would help."""
    done = user.ssoenv("get", "dev-readonly", "--format", "github-actions")
    assert (done.returncode, done.stdout) == (2, "")
    assert "GITHUB_ENV is not set" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"form": "json", "option": "1"}, "--format and --option 1 don't go together"),
        ({"value": "region", "option": "2"}, "--value and --option 2"),
        ({"value": "region", "form": "json"}, "--value and --format"),
        ({"system": "windows", "form": "cmd"}, "--format and --os"),
        ({"system": "windows", "region": "eu-west-1"}, "--os and --region"),
        ({"system": "windows", "option": "3"}, "--os and --option 3"),
        ({"write": True, "option": "1"}, "--write and --option 1"),
        ({"write": True, "form": "json"}, "--write and --format"),
        ({"prune": True, "write": True}, "--prune and --write|--write and --prune"),
        ({"prune": True, "block": "x"}, "--as is for --option 2 and --write only"),
        ({"block": "x"}, "--as is for"),
        ({"force": True, "option": "2"}, "--force is for --write only"),
        ({"copy": True, "form": "github-actions"}, "has no clipboard"),
        ({"form": "yaml"}, "no format yaml. One of: sh, bash"),
        ({"value": "secret"}, "no value secret. One of: access-key-id"),
        ({"system": "linux"}, "no texts for linux. One of: macos-linux"),
        ({"system": "linux", "option": "2"}, "no texts for linux"),
    ],
)
def test_contradictions(options, said):
    """Options that contradict each other or do nothing, and names that mean nothing, are told before any login."""
    with pytest.raises(UsageError, match=said):
        get(["dev-readonly"] if "prune" not in options else None, **options)
