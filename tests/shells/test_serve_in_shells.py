"""`ssouse --serve`, in each real shell: a child's SDK gets keys, and the server ends with the shell."""

from __future__ import annotations

import sys

from serving import await_end

# Who does AWS say I am, and by which of botocore's providers? Asked twice, as a server that took another process for
# the shell would have seen the end of it by then: it looks each second.
_WHO_AM_I = """
import boto3, sys, time
for pause in (2.5, 0):
    session = boto3.Session()
    method = session.get_credentials().method
    arn = session.client("sts").get_caller_identity()["Arn"]
    open(sys.argv[1], "a").write(f"{method} {arn}\\n")
    time.sleep(pause)
"""


def test_serve(real_session):
    """The capture does not wait for the server; an SDK asks it; `--off` leaves no trace; no shell, no server."""
    real_session.load()
    identities = real_session.folder / "identities"
    real_session.export(AWS_PROFILE="mine", AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/mine")
    real_session.snapshot("before")
    real_session.run_line("ssouse --serve dev-readonly", "served")
    real_session.add(real_session.probe.words(sys.executable, "-c", _WHO_AM_I, identities))
    real_session.run_line("ssouse --off", "off")
    run = real_session.run()
    assert run["served"].status == 0, run.stderr
    assert run["served"]["AWS_ACCESS_KEY_ID"] is None
    assert run["served"]["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] is None
    assert run["served"]["AWS_SSO_PROFILE"] == "dev-readonly"
    assert run["served"]["AWS_REGION"] == "eu-central-1"
    arn = "arn:aws:sts::123456789011:assumed-role/AWSReservedSSO_ReadOnly_0123456789abcdef"
    lines = identities.read_text().splitlines()
    assert [line.rpartition("/")[0] for line in lines] == [f"container-role {arn}"] * 2
    assert run["off"].environ == run["before"].environ
    await_end(run["served"]["AWS_CONTAINER_CREDENTIALS_FULL_URI"])  # it does not outlive its shell
